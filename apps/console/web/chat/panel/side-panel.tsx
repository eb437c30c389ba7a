import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { IconButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { useWide } from './use-wide.ts';

/** A panel beside the thread, or over it on narrow screens. */
export function SidePanel({
  title,
  onClose,
  children,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const t = useTranslations('chat.panel');
  const isWide = useWide();
  if (!isWide) {
    return (
      <Dialog open onClose={onClose} title={title} closeLabel={t('close')} place="side">
        {children}
      </Dialog>
    );
  }
  return (
    <aside aria-label={title} className="flex w-[25rem] shrink-0 flex-col border-l border-line bg-surface">
      <header className="flex items-center gap-2 py-2 pr-3 pl-5">
        <h2 className="min-w-0 flex-1 truncate font-semibold">{title}</h2>
        <IconButton icon={X} label={t('close')} onClick={onClose} />
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto px-5 pt-1 pb-6">{children}</div>
    </aside>
  );
}
