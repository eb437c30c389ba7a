import { useSyncExternalStore } from 'react';

/** Enough room for a panel beside the thread. */
const wide = window.matchMedia('(min-width: 75rem)');

function subscribe(listener: () => void): () => void {
  wide.addEventListener('change', listener);
  return () => wide.removeEventListener('change', listener);
}

export function useWide(): boolean {
  return useSyncExternalStore(subscribe, () => wide.matches);
}
