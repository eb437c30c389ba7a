import { Toast as Base } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';

const manager = Base.createToastManager();

export interface ToastOptions {
  readonly title: string;
  readonly text?: string | undefined;
  /** One that is shown under this name is replaced. */
  readonly id?: string;
  readonly tone?: 'ok' | 'bad';
  readonly action?: { readonly label: string; readonly onClick: () => void };
}

/** Says that something was done or went wrong, without taking the focus. */
export function showToast({ title, text, id, tone = 'ok', action }: ToastOptions): void {
  manager.add({
    title,
    type: tone,
    priority: tone === 'bad' ? 'high' : 'low',
    ...(id === undefined ? {} : { id }),
    ...(text === undefined ? {} : { description: text }),
    ...(action === undefined ? {} : { actionProps: { children: action.label, onClick: action.onClick } }),
  });
}

/** Once around everything. */
export function ToastProvider({ children, closeLabel }: { readonly children: ReactNode; readonly closeLabel: string }) {
  return (
    <Base.Provider toastManager={manager} limit={4} timeout={6_000}>
      {children}
      <Base.Portal>
        <Base.Viewport className="fixed right-4 bottom-4 z-[60] grid w-[min(22rem,calc(100vw-2rem))] gap-2">
          <Toasts closeLabel={closeLabel} />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function Toasts({ closeLabel }: { readonly closeLabel: string }) {
  const { toasts } = Base.useToastManager();
  return toasts.map((toast) => (
    <Base.Root
      key={toast.id}
      toast={toast}
      className={`floating flex items-start gap-3 border-l-4 px-4 py-3 text-sm data-[ending-style]:opacity-0 ${toast.type === 'bad' ? 'border-l-bad' : 'border-l-ok'}`}
    >
      <div className="min-w-0 flex-1">
        <Base.Title className="font-medium" />
        <Base.Description className="break-words text-soft" />
        <Base.Action className="mt-1 font-medium text-accent-text underline underline-offset-2 empty:hidden" />
      </div>
      <Base.Close
        aria-label={closeLabel}
        className="-mr-1 inline-flex size-6 items-center justify-center rounded text-faint hover:text-ink"
      >
        <X aria-hidden className="size-3.5" />
      </Base.Close>
    </Base.Root>
  ));
}
