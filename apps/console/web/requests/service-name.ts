import { useTranslations } from 'use-intl';

const known = ['conversations', 'search'] as const;

/** A service as people call it; one of a later version keeps its own name. */
export function useServiceName(): (name: string | null) => string {
  const t = useTranslations('requests.service');
  return (name) => {
    const key = known.find((one) => one === name);
    return key === undefined ? (name ?? t('other')) : t(key);
  };
}
