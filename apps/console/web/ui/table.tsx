import type { ComponentProps, ReactNode } from 'react';
import { classes } from './classes.ts';

/** A table that scrolls sideways by itself, by keyboard too, when the window is narrow. */
export function Table({
  label,
  head,
  children,
}: {
  readonly label: string;
  readonly head: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
    <div role="region" aria-label={label} tabIndex={0} className="overflow-x-auto">
      <table className="w-full border-collapse text-sm">
        <thead className="text-left text-xs text-faint">
          <tr>{head}</tr>
        </thead>
        <tbody className="[&>tr]:border-t [&>tr]:border-line">{children}</tbody>
      </table>
    </div>
  );
}

export function Head({ numeric = false, className, ...rest }: ComponentProps<'th'> & { readonly numeric?: boolean }) {
  return (
    <th
      scope="col"
      {...rest}
      className={classes(
        'px-3 py-2 font-medium whitespace-nowrap first:pl-5 last:pr-5',
        numeric && 'text-right',
        className,
      )}
    />
  );
}

export function Cell({ numeric = false, className, ...rest }: ComponentProps<'td'> & { readonly numeric?: boolean }) {
  return (
    <td
      {...rest}
      className={classes(
        'px-3 py-2 align-middle first:pl-5 last:pr-5',
        numeric && 'text-right tabular-nums',
        className,
      )}
    />
  );
}
