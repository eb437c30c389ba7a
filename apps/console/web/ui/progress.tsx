import { classes } from './classes.ts';

/** Progress from 0 to 1; null when it is unknown. */
export function Progress({
  value,
  label,
  tone = 'accent',
}: {
  readonly value: number | null;
  readonly label: string;
  readonly tone?: 'accent' | 'ok' | 'warn' | 'bad';
}) {
  const colour = { accent: 'bg-accent', ok: 'bg-ok', warn: 'bg-warn', bad: 'bg-bad' }[tone];
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(value === null ? {} : { 'aria-valuenow': Math.round(value * 100) })}
      className="h-1.5 w-full overflow-hidden rounded-full bg-sunken ring-1 ring-line ring-inset"
    >
      <div
        className={classes('h-full rounded-full transition-[width]', colour, value === null && 'w-1/3 animate-pulse')}
        style={value === null ? undefined : { width: `${Math.max(0, Math.min(1, value)) * 100}%` }}
      />
    </div>
  );
}

/** Takes the place of what is being loaded. */
export function Skeleton({ className }: { readonly className?: string }) {
  return (
    <div aria-hidden className={classes('animate-pulse rounded-lg bg-sunken motion-reduce:animate-none', className)} />
  );
}
