import { useSyncExternalStore } from 'react';
import { useSetting } from '../../stored/stored-settings.ts';

/** Enough room for the list beside the chat. */
const room = window.matchMedia('(min-width: 64rem)');

function subscribe(listener: () => void): () => void {
  room.addEventListener('change', listener);
  return () => room.removeEventListener('change', listener);
}

/** As an overlay it is open only briefly, so that state is not stored. */
let isOver = false;
const overListeners = new Set<() => void>();

function setOver(on: boolean): void {
  isOver = on;
  for (const listener of overListeners) listener();
}

function subscribeOver(listener: () => void): () => void {
  overListeners.add(listener);
  return () => {
    overListeners.delete(listener);
  };
}

/** Whether the list of chats is shown, and where. */
export function useList() {
  const [setting, setSetting] = useSetting('chatList');
  const hasRoom = useSyncExternalStore(subscribe, () => room.matches);
  const over = useSyncExternalStore(subscribeOver, () => isOver);
  const isShown = hasRoom ? setting === 'shown' : over;
  return {
    hasRoom,
    isShown,
    show(on: boolean): void {
      if (hasRoom) setSetting(on ? 'shown' : 'hidden');
      else setOver(on);
    },
  };
}
