import { useTranslations } from 'use-intl';
import { Status } from '../ui/status.tsx';
import type { VectorStore } from './store-types.ts';

/** How far a store is: what is read, what failed, whether it can be searched. */
export function StoreState({ store }: { readonly store: VectorStore }) {
  const t = useTranslations('knowledge.storeState');
  const { file_counts: counts, status } = store;
  if (status === 'expired') return <Status tone="off">{t('expired')}</Status>;
  if (counts.in_progress > 0) return <Status tone="busy">{t('reading', { count: counts.in_progress })}</Status>;
  if (counts.failed > 0) return <Status tone="warn">{t('failed', { count: counts.failed })}</Status>;
  if (counts.total === 0) return <Status tone="off">{t('empty')}</Status>;
  return <Status tone="ok">{t('ready')}</Status>;
}
