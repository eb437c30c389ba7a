import { CircleX, LoaderCircle } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { replicaOf } from '../operate/endpoint-name.ts';
import { ReasonText } from '../operate/reason-text.tsx';
import { useQuantities } from '../operate/use-quantities.ts';
import { classes } from '../ui/classes.ts';
import { Cell, Head, Table } from '../ui/table.tsx';
import { useServiceName } from './service-name.ts';
import { WaterfallBar } from './waterfall-bar.tsx';
import type { Segment, Step, Waterfall } from './waterfall.ts';

/** The trace as a table whose last column draws it as bars, with the same in words for screen readers. */
export function WaterfallTable({ waterfall, opened }: { readonly waterfall: Waterfall; readonly opened: string }) {
  const t = useTranslations('requests.waterfall');
  return (
    <section>
      <h3 className="mb-1 text-sm font-semibold">{t('title')}</h3>
      <div className="-mx-5">
        <Table
          label={t('title')}
          head={
            <>
              <Head>{t('step')}</Head>
              <Head numeric className="max-md:hidden">
                {t('start')}
              </Head>
              <Head numeric>{t('duration')}</Head>
              <Head className="w-full max-md:hidden">{t('timeline')}</Head>
            </>
          }
        >
          {waterfall.steps.map((step) => (
            <StepRow
              key={step.key}
              step={step}
              totalMs={waterfall.totalMs}
              opened={step.attempt === null && step.record.id === opened && waterfall.steps.length > 1}
            />
          ))}
        </Table>
      </div>
    </section>
  );
}

function StepRow({
  step,
  totalMs,
  opened,
}: {
  readonly step: Step;
  readonly totalMs: number;
  readonly opened: boolean;
}) {
  const t = useTranslations('requests.waterfall');
  const { duration } = useQuantities();
  return (
    <tr className={opened ? 'bg-accent-soft' : ''}>
      <Cell className="align-top max-md:w-full md:min-w-52">
        <div style={{ paddingLeft: `${step.depth * 1.1}rem` }}>
          <span className="sr-only">{t('level', { level: step.depth + 1 })}</span>
          <StepName step={step} />
        </div>
        <div className="mt-1 md:hidden">
          <WaterfallBar step={step} totalMs={totalMs} />
        </div>
        <SegmentList segments={step.segments} />
      </Cell>
      <Cell numeric className="align-top text-xs whitespace-nowrap max-md:hidden">
        {t('after', { time: duration(step.from) })}
      </Cell>
      <Cell numeric className="align-top text-xs whitespace-nowrap">
        {duration(step.to - step.from)}
      </Cell>
      <Cell className="min-w-64 max-md:hidden">
        <WaterfallBar step={step} totalMs={totalMs} />
      </Cell>
    </tr>
  );
}

/** What the bar shows, for those who cannot see it. */
function SegmentList({ segments }: { readonly segments: readonly Segment[] }) {
  const t = useTranslations('requests.time.kind');
  const { duration } = useQuantities();
  return (
    <ul className="sr-only">
      {segments.map(({ kind, from, to }) => (
        <li key={from}>
          {t(kind)} {duration(to - from)}
        </li>
      ))}
    </ul>
  );
}

function StepName({ step: { record, attempt, failed, open } }: { readonly step: Step }) {
  const t = useTranslations('requests.waterfall');
  const causes = useTranslations('causes.attempt');
  const serviceName = useServiceName();
  const [name, detail] =
    attempt === null
      ? record.kind === 'model'
        ? [record.model ?? record.service ?? '', record.path]
        : [serviceName(record.service), `${record.method} ${record.path}`]
      : [t(attempt.role), replicaOf(attempt.facts.replica)];
  const { reason, failure } = attempt?.facts ?? { reason: null, failure: null };
  return (
    <>
      <p className={classes('inline-flex items-center gap-1.5 text-xs font-medium', failed && 'text-bad')}>
        {failed && <CircleX aria-hidden className="size-3.5 shrink-0" />}
        {open && (
          <LoaderCircle
            aria-hidden
            className="size-3.5 shrink-0 animate-spin text-accent-text motion-reduce:animate-none"
          />
        )}
        <span className="break-all">{name}</span>
        {failed && <span className="font-normal whitespace-nowrap">{t('failed')}</span>}
        {open && <span className="font-normal whitespace-nowrap text-accent-text">{t('open')}</span>}
      </p>
      <p className="font-mono text-xs break-all text-faint">{detail}</p>
      {reason !== null && (
        <ReasonText told={failure === null ? null : causes(failure)} sentence={reason} className="text-bad" />
      )}
    </>
  );
}
