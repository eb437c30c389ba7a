import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useShortcut } from './keys.ts';

const Palette = lazy(() => import('./palette.tsx'));

/** The keys that work on every screen. The palette is loaded when it is first asked for. */
export function Shortcuts() {
  const navigate = useNavigate();
  const [palette, setPalette] = useState<'never' | 'open' | 'closed'>('never');
  useShortcut('palette', () => setPalette((before) => (before === 'open' ? 'closed' : 'open')));
  useShortcut('newChat', () => void navigate({ to: '/chat' }));
  useShortcut('help', () => void navigate({ to: '/settings' }));
  if (palette === 'never') return null;
  return (
    <Suspense>
      <Palette open={palette === 'open'} onOpen={(open) => setPalette(open ? 'open' : 'closed')} />
    </Suspense>
  );
}
