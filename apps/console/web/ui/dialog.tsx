import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode, RefObject } from 'react';
import { classes } from './classes.ts';

export interface DialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: ReactNode;
  readonly description?: ReactNode;
  readonly closeLabel: string;
  readonly children?: ReactNode;
  /** Buttons, the primary one last. */
  readonly actions?: ReactNode;
  /** `side` slides in from the right and leaves the page in sight. */
  readonly place?: 'middle' | 'side';
  readonly wide?: boolean | 'most';
  /** The element with the initial focus; the first focusable one when absent. */
  readonly firstFocus?: RefObject<HTMLElement | null>;
}

const sideWidth = { false: 'sm:max-w-lg', true: 'sm:max-w-2xl', most: 'sm:max-w-[min(72rem,92vw)]' } as const;

/** A dialog in the middle or a panel at the side; Escape and the ground behind it close it. */
export function Dialog(props: DialogProps) {
  const {
    open,
    onClose,
    title,
    description,
    closeLabel,
    children,
    actions,
    place = 'middle',
    wide = false,
    firstFocus,
  } = props;
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-black/35 transition-opacity data-[ending-style]:opacity-0 data-[starting-style]:opacity-0" />
        <Base.Popup
          {...(firstFocus === undefined ? {} : { initialFocus: firstFocus })}
          className={classes(
            'floating fixed z-50 flex flex-col outline-none',
            place === 'middle'
              ? 'top-1/2 left-1/2 max-h-[88dvh] w-[calc(100vw-2rem)] -translate-x-1/2 -translate-y-1/2'
              : 'top-0 right-0 h-dvh w-full rounded-none border-y-0 border-r-0',
            place === 'middle' ? (wide !== false ? 'max-w-3xl' : 'max-w-md') : sideWidth[`${wide}`],
          )}
        >
          <header className="flex items-start gap-3 px-5 pt-4 pb-2">
            <div className="min-w-0 flex-1">
              <Base.Title className="text-base font-semibold break-words">{title}</Base.Title>
              {description !== undefined && (
                <Base.Description className="mt-0.5 text-sm text-soft">{description}</Base.Description>
              )}
            </div>
            <Base.Close
              aria-label={closeLabel}
              className="-mr-1.5 inline-flex size-8 items-center justify-center rounded-lg text-soft hover:bg-sunken hover:text-ink"
            >
              <X aria-hidden className="size-4" />
            </Base.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-auto px-5 pt-1 pb-5">{children}</div>
          {actions !== undefined && (
            <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">{actions}</footer>
          )}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
