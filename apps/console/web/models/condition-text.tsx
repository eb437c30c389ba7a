import type { Condition } from '@kumiki/api';
import { useTranslations } from 'use-intl';
import { useLanguage } from '../i18n/i18n.tsx';

/**
 * A condition in the chosen language by its reason, with the product's own sentence, which knows more. In English that
 * one is enough.
 */
export function ConditionText({ condition: { reason, message } }: { readonly condition: Condition }) {
  const t = useTranslations('models.condition');
  const { locale } = useLanguage();
  return (
    <>
      {(locale !== 'en' || message === '') && <p>{t(reason)}</p>}
      {message !== '' && (
        <p lang="en" className={locale === 'en' ? 'break-words' : 'text-xs break-words text-faint'}>
          {message}
        </p>
      )}
    </>
  );
}
