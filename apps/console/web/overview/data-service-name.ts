import { useTranslations } from 'use-intl';

const known = ['gateway', 'accounts', 'console', 'database', 'conversations', 'search'] as const;

/** A data service as people call it; one of a later version keeps its own name. */
export function useDataServiceName(): (name: string) => string {
  const t = useTranslations('overview.data.names');
  return (name) => {
    const key = known.find((one) => one === name);
    return key === undefined ? name : t(key);
  };
}
