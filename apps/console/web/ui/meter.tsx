import type { ReactNode } from 'react';
import { classes } from './classes.ts';

/** From which share on a meter warns, and from which it is as good as full. */
const warnShare = 0.8;
const fullShare = 0.95;

/** How full something is, with its number; the bar only helps. */
export function Meter({
  value,
  max,
  label,
  children,
  warns = true,
  className,
}: {
  readonly value: number;
  readonly max: number;
  /** Its accessible name. */
  readonly label: string;
  /** The number in words: `3 of 8`. */
  readonly children: ReactNode;
  /** Whether full is bad. */
  readonly warns?: boolean;
  readonly className?: string;
}) {
  const share = max > 0 ? Math.max(0, Math.min(1, value / max)) : 0;
  const colour = !warns ? 'bg-accent' : share >= fullShare ? 'bg-bad' : share >= warnShare ? 'bg-warn' : 'bg-accent';
  return (
    <div className={classes('grid gap-1', className)}>
      <span className="text-xs whitespace-nowrap tabular-nums">{children}</span>
      <div
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={Math.max(max, 1)}
        aria-valuenow={Math.min(value, Math.max(max, 1))}
        className="h-1.5 w-full overflow-hidden rounded-full bg-sunken ring-1 ring-line ring-inset"
      >
        <div className={classes('h-full rounded-full', colour)} style={{ width: `${share * 100}%` }} />
      </div>
    </div>
  );
}
