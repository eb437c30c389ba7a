import { Popover as Base } from '@base-ui/react/popover';
import type { ReactElement, ReactNode } from 'react';

/** More about something, opened by the button given as `trigger`. */
export function Popover({
  trigger,
  title,
  children,
  align = 'center',
  onHover = false,
}: {
  readonly trigger: ReactElement;
  readonly title?: ReactNode;
  readonly children: ReactNode;
  readonly align?: 'start' | 'center' | 'end';
  /** Opens on hover as well as on click. */
  readonly onHover?: boolean;
}) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} openOnHover={onHover} delay={200} />
      <Base.Portal>
        <Base.Positioner sideOffset={6} align={align} className="z-50">
          <Base.Popup className="floating max-h-[var(--available-height)] max-w-[min(24rem,calc(100vw-1rem))] overflow-auto p-3 text-sm outline-none">
            {title !== undefined && <Base.Title className="mb-1 text-sm font-semibold">{title}</Base.Title>}
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
