import { useSyncExternalStore } from 'react';
import { isOpen, type ShownTurn } from '../model/turn.ts';
import type { ChatStore } from '../run/chat-store.ts';
import type { ChatState } from '../run/store-core.ts';

/**
 * A part of a chat's state; the component renders again only when that part changes.
 * @param pick must return the same value, or an equal primitive, while nothing relevant has changed.
 */
export function useChatPart<Part>(store: ChatStore, pick: (state: ChatState) => Part): Part {
  return useSyncExternalStore(store.subscribe, () => pick(store.state()));
}

/** One turn, drawn again only when it changed itself. */
export function useTurn(store: ChatStore, id: string): ShownTurn | undefined {
  return useSyncExternalStore(store.subscribe, () => store.turn(id));
}

/** Whether something is being sent or written at the end of the shown branch. */
export function useIsRunning(store: ChatStore | null): boolean {
  return useSyncExternalStore(store?.subscribe ?? never, () => store !== null && isRunning(store));
}

function never(): () => void {
  return () => undefined;
}

export function isRunning(store: ChatStore): boolean {
  const { pending, leaf } = store.state();
  if (pending !== null && pending.state !== 'failed') return true;
  const turn = leaf === null ? undefined : store.turn(leaf);
  return turn !== undefined && isOpen(turn);
}
