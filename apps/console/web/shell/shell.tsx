import { Dialog } from '@base-ui/react/dialog';
import { Outlet } from '@tanstack/react-router';
import { Menu as MenuIcon } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { LiveProvider } from '../api/live.tsx';
import { Navigation } from './navigation.tsx';
import { SessionGate } from './session-gate.tsx';
import { Shortcuts } from './shortcuts.tsx';

/** The frame of every screen: the menu at the side, or behind a button on narrow screens. */
export function Shell() {
  const t = useTranslations('shell');
  return (
    <SessionGate>
      <LiveProvider>
        <a
          href="#content"
          className="floating fixed top-2 left-2 z-50 -translate-y-16 px-3 py-2 text-sm opacity-0 focus:translate-y-0 focus:opacity-100"
        >
          {t('skip')}
        </a>
        <div className="flex h-full max-md:flex-col">
          <div className="w-[7.25rem] shrink-0 border-r border-line max-md:hidden">
            <Navigation />
          </div>
          <SmallNavigation />
          <main id="content" tabIndex={-1} className="min-h-0 min-w-0 flex-1 outline-none">
            <Outlet />
          </main>
        </div>
        <Shortcuts />
      </LiveProvider>
    </SessionGate>
  );
}

function SmallNavigation() {
  const t = useTranslations('shell');
  const [open, setOpen] = useState(false);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <div className="flex items-center gap-2 border-b border-line px-2 py-1 md:hidden">
        <Dialog.Trigger
          aria-label={t('menu')}
          className="inline-flex size-10 items-center justify-center rounded-lg text-soft hover:bg-sunken"
        >
          <MenuIcon aria-hidden className="size-5" />
        </Dialog.Trigger>
        <span className="font-semibold">{t('product')}</span>
      </div>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/35" />
        <Dialog.Popup
          aria-label={t('menu')}
          className="floating fixed inset-y-0 left-0 z-50 w-64 rounded-l-none outline-none"
        >
          <Navigation onGo={() => setOpen(false)} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
