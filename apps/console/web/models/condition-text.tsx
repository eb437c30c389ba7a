import type { Condition } from '@kumiki/api';
import { useTranslations } from 'use-intl';
import { useLanguage } from '../i18n/i18n.tsx';

const known = [
  'NothingToServe',
  'NoReplicaReady',
  'ScaledToZero',
  'Serving',
  'RollingOut',
  'Scaling',
  'Complete',
  'CannotBeServed',
  'AsWanted',
  'NewRevisionFails',
  'ReplicaFails',
] as const;

/**
 * A condition in the chosen language by its reason, with the product's own sentence, which knows more. In English that
 * one is enough.
 */
export function ConditionText({ condition: { reason, message } }: { readonly condition: Condition }) {
  const t = useTranslations('models.condition');
  const { locale } = useLanguage();
  const key = known.find((one) => one === reason);
  return (
    <>
      {key !== undefined && (locale !== 'en' || message === '') && <p>{t(key)}</p>}
      {message !== '' && (
        <p lang="en" className={locale === 'en' ? 'break-words' : 'text-xs break-words text-faint'}>
          {message}
        </p>
      )}
    </>
  );
}
