import type { ServiceStatus } from '@kumiki/api';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import type { ServiceLoad } from '../operate/service-load.ts';
import { unknown, useQuantities } from '../operate/use-quantities.ts';
import { Meter } from '../ui/meter.tsx';
import { Sparkline } from '../ui/sparkline.tsx';

/** What a service does now, all replicas together. */
export function ServiceNumbers({
  service,
  load,
  line,
}: {
  readonly service: ServiceStatus;
  /** null when nothing was measured. */
  readonly load: ServiceLoad | null;
  /** Tokens per second over the last minutes. */
  readonly line: readonly (number | null)[];
}) {
  const t = useTranslations('models.numbers');
  const { count, duration, rate, percent } = useQuantities();
  const { ready, desired } = service;
  const time = (ms: number | null | undefined): string => (ms == null ? unknown : duration(ms));
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-3 px-5 pt-3 pb-4 sm:grid-cols-3 sm:pl-10 lg:grid-cols-6">
      <Fact label={t('ready')}>
        <span className={ready < desired ? 'text-warn' : ''}>
          {t('of', { value: count(ready), max: count(desired) })}
        </span>
      </Fact>
      {load !== null && (
        <>
          <Fact label={t('running')}>
            <Meter value={load.running} max={load.maxRunning} label={t('running')} warns={load.waiting > 0}>
              {t('runs', { running: load.running, max: load.maxRunning, waiting: load.waiting })}
            </Meter>
          </Fact>
          <Fact label={t('kvCache')}>
            {load.kvTotalTokens === 0 ? (
              unknown
            ) : (
              <Meter value={load.kvUsedTokens} max={load.kvTotalTokens} label={t('kvCache')}>
                {percent(load.kvUsedTokens / load.kvTotalTokens)}
              </Meter>
            )}
          </Fact>
          <Fact label={t('ttft')}>{time(load.ttftMs)}</Fact>
          <Fact label={t('itl')}>{time(load.itlMs)}</Fact>
          <Fact label={t('tokens')}>
            <span className="flex items-center gap-2">
              <span className="min-w-8">{rate(load.tokensPerSecond)}</span>
              <Sparkline values={line} className="h-5 w-full max-w-28 min-w-0" />
            </span>
          </Fact>
        </>
      )}
    </dl>
  );
}

export function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-faint">{label}</dt>
      <dd className="text-sm font-medium tabular-nums">{children}</dd>
    </div>
  );
}
