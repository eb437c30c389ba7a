import type { ReactNode } from 'react';
import { classes } from './classes.ts';

/** A part of a page with a heading. */
export function Panel({
  title,
  note,
  actions,
  children,
  className,
  flush = false,
}: {
  readonly title?: ReactNode;
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
  /** The content touches the border, as tables do. */
  readonly flush?: boolean;
}) {
  return (
    <section className={classes('rounded-2xl border border-line bg-surface', className)}>
      {(title !== undefined || actions !== undefined) && (
        <header className="flex flex-wrap items-center gap-x-3 gap-y-1 px-5 pt-4 pb-2">
          <div className="min-w-0 flex-1">
            <h2 className="text-sm font-semibold">{title}</h2>
            {note !== undefined && <p className="text-xs text-faint">{note}</p>}
          </div>
          {actions}
        </header>
      )}
      <div className={flush ? 'overflow-hidden rounded-b-2xl' : 'px-5 pt-2 pb-5'}>{children}</div>
    </section>
  );
}

/** The head of a screen. */
export function PageHeader({
  title,
  note,
  actions,
}: {
  readonly title: ReactNode;
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
}) {
  return (
    <header className="mb-6 flex flex-wrap items-end gap-x-4 gap-y-3">
      <div className="min-w-0 flex-1 basis-72">
        <h1 className="text-2xl font-semibold tracking-tight break-words">{title}</h1>
        {note !== undefined && <p className="mt-0.5 max-w-prose text-sm text-soft">{note}</p>}
      </div>
      {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}

/** The scrolling body of every screen but the chat. */
export function Page({ children, wide = false }: { readonly children: ReactNode; readonly wide?: boolean }) {
  return (
    <div className="h-full overflow-y-auto">
      <div className={classes('mx-auto px-4 py-6 sm:px-8 sm:py-8', wide ? 'max-w-[110rem]' : 'max-w-6xl')}>
        {children}
      </div>
    </div>
  );
}

/** The empty state of a place: its purpose, and the first step. */
export function EmptyState({
  icon,
  title,
  children,
  action,
}: {
  readonly icon?: ReactNode;
  readonly title: ReactNode;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <div className="grid justify-items-center gap-2 px-6 py-12 text-center">
      {icon !== undefined && <div className="mb-1 text-faint [&_svg]:size-8 [&_svg]:stroke-[1.5]">{icon}</div>}
      <p className="font-medium">{title}</p>
      {children !== undefined && <div className="max-w-md text-sm text-soft">{children}</div>}
      {action !== undefined && <div className="mt-3">{action}</div>}
    </div>
  );
}
