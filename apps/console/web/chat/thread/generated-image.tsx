import { Download, ImageIcon } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { safeImage } from '../markdown/safe-url.ts';
import { type Item, textMember } from '../model/turn.ts';

/** An image that a model made. */
export function GeneratedImage({ item, isGrowing }: { readonly item: Item; readonly isGrowing: boolean }) {
  const t = useTranslations('chat.items');
  const result = textMember(item, 'result');
  const prompt = textMember(item, 'revised_prompt');
  const format = textMember(item, 'output_format') || 'png';
  const source =
    result === '' ? null : safeImage(result.startsWith('data:') ? result : `data:image/${format};base64,${result}`);
  if (source === null) {
    return (
      <p className="flex items-center gap-2 text-sm text-soft">
        <ImageIcon aria-hidden className="size-4" />
        {isGrowing ? t('imageNow') : t('imageBad')}
      </p>
    );
  }
  return (
    <figure className="justify-self-start">
      <img
        src={source}
        alt={prompt === '' ? t('image') : prompt}
        className="max-h-[32rem] max-w-full rounded-xl border border-line"
      />
      <figcaption className="mt-1.5 flex items-center gap-3 text-xs text-faint">
        <bdi className="min-w-0 flex-1">{prompt}</bdi>
        <a
          href={source}
          download={`image.${format}`}
          className="flex items-center gap-1 text-accent-text underline underline-offset-2"
        >
          <Download aria-hidden className="size-3.5" />
          {t('imageSave')}
        </a>
      </figcaption>
    </figure>
  );
}
