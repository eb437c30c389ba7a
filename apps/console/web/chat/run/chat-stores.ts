import type { Chat } from '@kumiki/api';
import { type ChatStore, createChatStore } from './chat-store.ts';

/** Chats that a tab keeps while others are looked at. */
const maxStores = 12;

const stores = new Map<string, ChatStore>();

/** The tab's store of a chat. It follows answers while another screen is open. */
export function chatStore(id: string, known: Chat | null = null): ChatStore {
  let store = stores.get(id);
  if (store === undefined) {
    store = createChatStore(id, known);
    if (known === null) void store.load();
  }
  // In the order of use, the most recently used last.
  stores.delete(id);
  stores.set(id, store);
  for (const [old, one] of stores) {
    if (stores.size <= maxStores) break;
    if (old !== id && !one.isBusy()) stores.delete(old);
  }
  return store;
}

export function forgetChat(id: string): void {
  stores.delete(id);
}
