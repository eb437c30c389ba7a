import { CircleAlert, CircleCheck, CircleDashed, CircleX, LoaderCircle, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { classes } from './classes.ts';

export type Tone = 'ok' | 'warn' | 'bad' | 'busy' | 'off';

const tones: Readonly<Record<Tone, { readonly icon: LucideIcon; readonly text: string; readonly ground: string }>> = {
  ok: { icon: CircleCheck, text: 'text-ok', ground: 'bg-ok-soft' },
  warn: { icon: CircleAlert, text: 'text-warn', ground: 'bg-warn-soft' },
  bad: { icon: CircleX, text: 'text-bad', ground: 'bg-bad-soft' },
  busy: { icon: LoaderCircle, text: 'text-accent-text', ground: 'bg-accent-soft' },
  off: { icon: CircleDashed, text: 'text-soft', ground: 'bg-sunken' },
};

/** A state in words with its icon; the colour only helps. */
export function Status({
  tone,
  children,
  plain = false,
}: {
  readonly tone: Tone;
  readonly children: ReactNode;
  /** Without a ground, for tables. */
  readonly plain?: boolean;
}) {
  const { icon: Icon, text, ground } = tones[tone];
  return (
    <span
      className={classes(
        'inline-flex items-center gap-1.5 text-sm whitespace-nowrap',
        text,
        !plain && 'rounded-full px-2 py-0.5 text-xs font-medium',
        !plain && ground,
      )}
    >
      <Icon
        aria-hidden
        className={classes('size-3.5 shrink-0', tone === 'busy' && 'animate-spin motion-reduce:animate-none')}
      />
      {children}
    </span>
  );
}

/** A message that takes a whole line: what is wrong and what to do. */
export function Notice({
  tone,
  title,
  children,
  action,
}: {
  readonly tone: Tone;
  readonly title?: ReactNode;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}) {
  const { icon: Icon, text, ground } = tones[tone];
  return (
    <div
      role={tone === 'bad' ? 'alert' : 'status'}
      className={classes('flex gap-3 rounded-xl px-4 py-3 text-sm', ground)}
    >
      <Icon aria-hidden className={classes('mt-0.5 size-4 shrink-0', text)} />
      <div className="min-w-0 flex-1">
        {title !== undefined && <p className={classes('font-medium', text)}>{title}</p>}
        {children !== undefined && <div className="break-words text-soft">{children}</div>}
      </div>
      {action}
    </div>
  );
}
