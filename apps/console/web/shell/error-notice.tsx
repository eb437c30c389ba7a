import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { toApiError } from '../api/api-error.ts';
import { useLanguage } from '../i18n/i18n.tsx';
import type { Messages } from '../i18n/messages/en/index.ts';
import { Notice } from '../ui/status.tsx';

/** The translated codes, looked up when an error occurs. */
type KnownCode = keyof Messages['errors']['translated'];

/**
 * The sentence for an error in the language that was chosen: the product's own where that is English, since it names
 * what would pass; else a translation by its code, with the product's sentence for those who want it exactly.
 */
export function useErrorText(): (thrown: unknown) => { readonly text: string; readonly original: string | null } {
  const t = useTranslations('errors');
  const { locale } = useLanguage();
  return (thrown) => {
    const { code, message } = toApiError(thrown);
    const key = `translated.${code}` as `translated.${KnownCode}`;
    if (code === 'unreachable') return { text: t('unreachable'), original: null };
    if (locale === 'en' || !t.has(key)) return { text: message, original: null };
    return { text: t(key), original: message };
  };
}

/** An error in words, with its code and the id that support asks for. */
export function ErrorNotice({
  error,
  title,
  action,
}: {
  readonly error: unknown;
  readonly title?: ReactNode;
  readonly action?: ReactNode;
}) {
  const t = useTranslations('errors');
  const { code, requestId } = toApiError(error);
  const { text, original } = useErrorText()(error);
  return (
    <Notice tone="bad" title={title ?? t('title')} action={action}>
      <p>{text}</p>
      {original !== null && (
        <p lang="en" className="text-xs">
          {original}
        </p>
      )}
      <p className="mt-1 flex flex-wrap gap-x-3 font-mono text-xs text-faint">
        <span>{t('withCode', { code })}</span>
        {requestId !== null && <span>{t('withRequest', { id: requestId })}</span>}
      </p>
    </Notice>
  );
}
