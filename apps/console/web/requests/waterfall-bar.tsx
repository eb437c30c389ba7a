import { useTranslations } from 'use-intl';
import { useQuantities } from '../operate/use-quantities.ts';
import { classes } from '../ui/classes.ts';
import { segmentLooks } from './segment-look.ts';
import type { Step } from './waterfall.ts';

/** From which share of the whole a segment has room for its name. */
const namedShare = 0.12;

/** One line of the drawing. Screen readers have the list beside it. */
export function WaterfallBar({ step, totalMs }: { readonly step: Step; readonly totalMs: number }) {
  const t = useTranslations('requests.time.kind');
  const { duration } = useQuantities();
  const percent = (ms: number): string => `${(ms / totalMs) * 100}%`;
  return (
    <div
      aria-hidden
      className="relative h-6 rounded bg-[linear-gradient(var(--line),var(--line))] bg-[length:100%_1px] bg-center bg-no-repeat"
    >
      {step.segments.map(({ kind, from, to }) => {
        const { ground, solid } = segmentLooks[kind];
        const named = solid && (to - from) / totalMs > namedShare;
        return (
          <span
            key={from}
            title={`${t(kind)} ${duration(to - from)}`}
            className={classes(
              'absolute overflow-hidden text-[0.6875rem] leading-5 whitespace-nowrap text-surface',
              kind === 'gateway' || kind === 'network' ? 'top-2 h-2' : 'top-0.5 h-5',
              from === step.from && 'rounded-l',
              to === step.to && 'rounded-r',
            )}
            style={{ left: percent(from), width: `max(2px, ${percent(to - from)})`, background: ground }}
          >
            {named && <span className="px-1.5">{`${t(kind)} ${duration(to - from)}`}</span>}
          </span>
        );
      })}
      {step.failed && (
        <span
          className="absolute top-0 h-6 w-1 -translate-x-1/2 rounded bg-bad"
          style={{ left: percent(Math.min(step.to, totalMs)) }}
        />
      )}
    </div>
  );
}
