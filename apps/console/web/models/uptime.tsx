import { useFormatter, useNow } from 'use-intl';
import { useTranslations } from 'use-intl';

const refreshMs = 10_000;

/** Since when something runs. `startedAt` is Unix seconds. */
export function Uptime({ startedAt }: { readonly startedAt: number }) {
  const t = useTranslations('models.replica');
  const format = useFormatter();
  const now = useNow({ updateInterval: refreshMs });
  const since = new Date(startedAt * 1_000);
  return (
    <time dateTime={since.toISOString()} title={format.dateTime(since, { dateStyle: 'medium', timeStyle: 'medium' })}>
      {t('started', { when: format.relativeTime(since > now ? now : since, now) })}
    </time>
  );
}
