import type { LucideIcon } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { classes } from './classes.ts';
import { Tooltip } from './tooltip.tsx';

export type ButtonKind = 'primary' | 'secondary' | 'ghost' | 'danger';
export type ButtonSize = 'small' | 'medium';

const kinds: Readonly<Record<ButtonKind, string>> = {
  primary: 'bg-accent text-accent-ink border-transparent enabled:hover:bg-accent-hover font-medium',
  secondary: 'bg-raised text-ink border-line enabled:hover:border-line-strong enabled:hover:bg-sunken',
  ghost: 'bg-transparent text-soft border-transparent enabled:hover:bg-sunken enabled:hover:text-ink',
  danger: 'bg-bad-soft text-bad border-transparent enabled:hover:border-bad font-medium',
};

const sizes: Readonly<Record<ButtonSize, string>> = {
  small: 'h-8 px-2.5 text-sm gap-1.5',
  medium: 'h-9 px-3.5 text-sm gap-2',
};

/** What a button looks like, for links that stand beside buttons. */
export function buttonClasses(kind: ButtonKind, size: ButtonSize): string {
  return classes(
    'inline-flex shrink-0 items-center justify-center rounded-lg border whitespace-nowrap transition-colors select-none',
    kinds[kind].replaceAll('enabled:', ''),
    sizes[size],
  );
}

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'disabled'> {
  readonly kind?: ButtonKind;
  readonly size?: ButtonSize;
  readonly icon?: LucideIcon | undefined;
  /**
   * Why the button is disabled; it stays focusable, so that every user can read the reason. null or undefined: it is
   * enabled.
   */
  readonly off?: string | null | undefined;
  readonly children?: ReactNode;
}

/** A button. A disabled one explains why. */
export function Button({
  kind = 'secondary',
  size = 'medium',
  icon: Icon,
  off,
  children,
  className,
  onClick,
  ...rest
}: ButtonProps) {
  const isOff = off != null;
  const button = (
    <button
      type="button"
      {...rest}
      aria-disabled={isOff || undefined}
      onClick={isOff ? (event) => event.preventDefault() : onClick}
      className={classes(
        'inline-flex shrink-0 items-center justify-center rounded-lg border whitespace-nowrap transition-colors select-none',
        kinds[kind],
        sizes[size],
        isOff && 'cursor-not-allowed opacity-55',
        className,
      )}
    >
      {Icon !== undefined && <Icon aria-hidden className="size-4 shrink-0" />}
      {children}
    </button>
  );
  return isOff && off !== '' ? <Tooltip text={off}>{button}</Tooltip> : button;
}

export interface IconButtonProps extends Omit<ButtonProps, 'children' | 'icon'> {
  readonly icon: LucideIcon;
  /** What it does: its accessible name and its tooltip. */
  readonly label: string;
  readonly pressed?: boolean;
}

/** A button that is an icon. Its name is always there for screen readers and on hover and focus. */
export function IconButton({ icon: Icon, label, off, size = 'small', pressed, className, ...rest }: IconButtonProps) {
  const { kind = 'ghost', onClick, ...others } = rest;
  const isOff = off != null;
  return (
    <Tooltip text={isOff && off !== '' ? `${label}: ${off}` : label}>
      <button
        type="button"
        {...others}
        aria-label={label}
        aria-pressed={pressed}
        aria-disabled={isOff || undefined}
        onClick={isOff ? (event) => event.preventDefault() : onClick}
        className={classes(
          'inline-flex shrink-0 items-center justify-center rounded-lg border transition-colors',
          kinds[kind],
          size === 'small' ? 'size-8' : 'size-9',
          pressed === true && 'bg-accent-soft text-accent-text',
          isOff && 'cursor-not-allowed opacity-55',
          className,
        )}
      >
        <Icon aria-hidden className="size-4" />
      </button>
    </Tooltip>
  );
}
