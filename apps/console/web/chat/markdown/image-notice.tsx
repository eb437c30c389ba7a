import { ImageOff } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { safeImage } from './safe-url.ts';

/**
 * An image in an answer. A data URL is shown. Any other image would be fetched from its server, which would reveal that
 * the answer was read, so only its address is shown, on request.
 */
export function ImageNotice({ source, text }: { readonly source: string; readonly text: string }) {
  const t = useTranslations('chat.markdown');
  const [shown, setShown] = useState(false);
  const safe = safeImage(source);
  if (safe !== null) return <img src={safe} alt={text} className="inline-image" />;
  if (source.startsWith('streamdown:')) return null;
  return (
    <span className="image-notice">
      <ImageOff aria-hidden />
      <span>
        {text === '' ? t('imageBlocked') : t('imageBlockedNamed', { text })}{' '}
        {shown ? (
          <bdi className="address">{source.slice(0, shownCharacters)}</bdi>
        ) : (
          <button type="button" onClick={() => setShown(true)}>
            {t('showAddress')}
          </button>
        )}
      </span>
    </span>
  );
}

const shownCharacters = 2_000;
