import type { Load } from '@kumiki/api';
import { useMemo, useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { toLines } from '../operate/load-history.ts';
import type { Loads } from '../operate/use-operations.ts';
import { unknown, useQuantities } from '../operate/use-quantities.ts';
import { ErrorNotice } from '../shell/error-notice.tsx';
import { Button } from '../ui/button.tsx';
import { Chart } from '../ui/chart.tsx';
import { LoadTable } from './load-table.tsx';

interface Shown {
  readonly name: 'requests' | 'errors' | 'ttft' | 'tokens';
  readonly lines: readonly {
    readonly name: 'perSecond' | 'p50' | 'p95';
    readonly read: (load: Load) => number | null;
  }[];
  readonly unit: 'rate' | 'duration';
}

const charts: readonly Shown[] = [
  { name: 'requests', unit: 'rate', lines: [{ name: 'perSecond', read: (load) => load.requests_per_second }] },
  { name: 'errors', unit: 'rate', lines: [{ name: 'perSecond', read: (load) => load.errors_per_second }] },
  {
    name: 'ttft',
    unit: 'duration',
    lines: [
      { name: 'p50', read: (load) => load.ttft_ms?.p50 ?? null },
      { name: 'p95', read: (load) => load.ttft_ms?.p95 ?? null },
    ],
  },
  { name: 'tokens', unit: 'rate', lines: [{ name: 'perSecond', read: (load) => load.tokens_per_second }] },
];

/** The last 15 minutes as lines, or in numbers for those who read rather than look. */
export function LoadCharts({ loads }: { readonly loads: Loads }) {
  const t = useTranslations('overview.load');
  const [asTable, setAsTable] = useState(false);
  return (
    <section aria-label={t('title')} className="rounded-2xl border border-line bg-surface">
      <header className="flex flex-wrap items-center gap-x-3 px-5 pt-4">
        <h2 className="flex-1 text-sm font-semibold">{t('title')}</h2>
        <Button size="small" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {t('asTable')}
        </Button>
      </header>
      {loads.error !== null && (
        <div className="px-5 pt-2">
          <ErrorNotice error={loads.error} />
        </div>
      )}
      {asTable ? (
        <div className="py-2">
          <LoadTable points={loads.points} />
        </div>
      ) : (
        <div className="grid gap-x-6 gap-y-5 px-5 pt-2 pb-4 md:grid-cols-2 2xl:grid-cols-4">
          {charts.map((shown) => (
            <LoadChart key={shown.name} shown={shown} loads={loads} />
          ))}
        </div>
      )}
    </section>
  );
}

function LoadChart({ shown, loads: { points, stepMs } }: { readonly shown: Shown; readonly loads: Loads }) {
  const t = useTranslations('overview.load');
  const format = useFormatter();
  const quantities = useQuantities();
  const [cursor, setCursor] = useState<number | null>(null);
  const show = (value: number | null): string => (value === null ? unknown : quantities[shown.unit](value));
  const lines = useMemo(
    () =>
      toLines(
        points,
        stepMs,
        shown.lines.map(({ read }) => read),
      ),
    [points, stepMs, shown],
  );
  const time = (seconds: number): string => format.dateTime(new Date(seconds * 1_000), { timeStyle: 'medium' });
  const series = shown.lines.map(({ name }, at) => ({ label: t(name), values: lines.values[at] ?? [] }));
  const at = cursor !== null && cursor < lines.times.length ? cursor : lines.times.length - 1;
  const moment = lines.times[at];
  const values = series.map(({ label, values }) => ({ label, value: show(values[at] ?? null) }));
  const summary = values.map(({ label, value }) => t('summaryValue', { label, value })).join(', ');
  return (
    <figure className="min-w-0">
      <figcaption className="mb-1 flex flex-wrap items-baseline gap-x-3">
        <span className="text-xs font-medium text-soft">{t(shown.name)}</span>
        <span className="flex flex-1 flex-wrap items-baseline gap-x-3">
          {values.map(({ label, value }, index) => (
            <span key={label} className="inline-flex items-baseline gap-1.5">
              {values.length > 1 && <Swatch index={index} label={label} />}
              <span className="text-base font-semibold tabular-nums">{value}</span>
            </span>
          ))}
        </span>
        <span className="text-xs text-faint tabular-nums">
          {moment === undefined || cursor === null ? t('now') : time(moment)}
        </span>
      </figcaption>
      <Chart
        label={t('summary', { name: t(shown.name), values: summary })}
        times={lines.times}
        series={series}
        format={(value) => quantities[shown.unit](value)}
        formatTime={(seconds) => format.dateTime(new Date(seconds * 1_000), { timeStyle: 'short' })}
        height={120}
        filled={shown.lines.length === 1}
        group="overview"
        onCursor={setCursor}
      />
    </figure>
  );
}

function Swatch({ index, label }: { readonly index: number; readonly label: string }) {
  return (
    <span className="inline-flex items-center gap-1 text-xs text-faint">
      <span aria-hidden className="h-0.5 w-3 rounded" style={{ background: `var(--series-${index + 1})` }} />
      {label}
    </span>
  );
}
