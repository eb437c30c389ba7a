import type { Status } from '@kumiki/api';
import { CircleAlert, CircleCheck, CircleDashed, CircleX, LoaderCircle, type LucideIcon } from 'lucide-react';
import { useFormatter, useNow, useTranslations } from 'use-intl';
import { classes } from '../ui/classes.ts';
import type { Health, VerdictCode } from './judge-health.ts';
import { useProblemText } from './problem-text.ts';

const looks: Readonly<
  Record<VerdictCode, { readonly icon: LucideIcon; readonly ink: string; readonly ground: string }>
> = {
  healthy: { icon: CircleCheck, ink: 'text-ok', ground: 'bg-ok-soft' },
  limited: { icon: CircleAlert, ink: 'text-warn', ground: 'bg-warn-soft' },
  broken: { icon: CircleX, ink: 'text-bad', ground: 'bg-bad-soft' },
  starting: { icon: LoaderCircle, ink: 'text-accent-text', ground: 'bg-accent-soft' },
  nothing_runs: { icon: CircleDashed, ink: 'text-soft', ground: 'bg-sunken' },
};

const refreshMs = 60_000;

/** Is it healthy: one sentence with its reason. */
export function Verdict({ health, status }: { readonly health: Health; readonly status: Status }) {
  const t = useTranslations('overview.verdict');
  const problemText = useProblemText();
  const { icon: Icon, ink, ground } = looks[health.verdict];
  const first = health.problems[0];
  const { ready, desired, requests, errors } = health;
  return (
    <section
      aria-label={t('label')}
      className={classes('flex flex-wrap items-center gap-x-6 gap-y-3 rounded-2xl px-5 py-4', ground)}
    >
      <div className="flex min-w-0 flex-1 basis-80 items-center gap-4">
        <Icon aria-hidden className={classes('size-9 shrink-0 stroke-[1.75]', ink)} />
        <div className="min-w-0" role="status">
          <p className={classes('text-lg font-semibold', ink)}>{t(`${health.verdict}.title`)}</p>
          <p className="text-sm text-soft">
            {first !== undefined && (health.verdict === 'broken' || health.verdict === 'limited')
              ? problemText(first)
              : t(`${health.verdict}.reason`, { ready, desired, requests, errors })}
          </p>
        </div>
      </div>
      <Facts status={status} />
    </section>
  );
}

function Facts({ status }: { readonly status: Status }) {
  const t = useTranslations('overview.verdict');
  const format = useFormatter();
  const now = useNow({ updateInterval: refreshMs });
  const since = new Date(status.started_at * 1_000);
  return (
    <dl className="flex flex-wrap gap-x-6 gap-y-1 text-xs">
      <div>
        <dt className="text-soft">{t('version')}</dt>
        <dd className="font-medium">Kumiki {status.version}</dd>
      </div>
      <div>
        <dt className="text-soft">{t('started')}</dt>
        <dd className="font-medium" title={format.dateTime(since, { dateStyle: 'medium', timeStyle: 'short' })}>
          {format.relativeTime(since > now ? now : since, now)}
        </dd>
      </div>
    </dl>
  );
}
