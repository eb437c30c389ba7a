import { useTranslations } from 'use-intl';
import { useLive, useStaleSeconds } from '../api/live.tsx';
import { Status } from '../ui/status.tsx';

/** Whether what a screen shows is of this moment. */
export function LiveBadge() {
  const t = useTranslations('shell');
  const { state } = useLive();
  const stale = useStaleSeconds();
  if (state === 'lost') return <Status tone="warn">{t('reconnecting')}</Status>;
  if (stale !== null) return <Status tone="warn">{t('stale', { seconds: stale })}</Status>;
  return state === 'open' ? <Status tone="ok">{t('live')}</Status> : <Status tone="busy">{t('loading')}</Status>;
}
