import type { ChatList } from '@kumiki/api';
import { type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { ChatStore } from '../run/chat-store.ts';
import { chatStore } from '../run/chat-stores.ts';
import { chatsQuery } from './chats-api.ts';
import { isRunning, useChatPart, useIsRunning } from './use-chat.ts';

/** Asks for the list again when a turn has begun or ended: it shows titles and what is being written. */
export function useFreshList(store: ChatStore): void {
  const queryClient = useQueryClient();
  const running = useIsRunning(store);
  const leaf = useChatPart(store, (state) => state.leaf);
  useEffect(() => {
    void queryClient.invalidateQueries({ queryKey: ['chats'] }, { cancelRefetch: false });
  }, [queryClient, running, leaf]);
}

/**
 * Loads the open chat again when the list says that another tab or device has done something in it: a turn that this tab
 * does not know, or another title.
 */
export function useChatSync(chatId: string | null): void {
  const queryClient = useQueryClient();
  // Asked for again and again also while the list is hidden.
  useInfiniteQuery(chatsQuery(''));
  useEffect(() => {
    if (chatId === null) return undefined;
    const store = chatStore(chatId);
    const onVisible = (): void => {
      if (document.visibilityState === 'visible' && store.state().state === 'ready') void store.load();
    };
    const unsubscribe = queryClient.getQueryCache().subscribe(({ type, query }) => {
      if (type !== 'updated' || query.queryKey[0] !== 'chats') return;
      const list = queryClient.getQueryData<InfiniteData<ChatList>>(chatsQuery('').queryKey);
      const listed = list?.pages.flatMap(({ data }) => data).find(({ id }) => id === chatId);
      const { chat, state } = store.state();
      if (listed === undefined || chat === null || state !== 'ready') return;
      const current = listed.current_response_id;
      const { title, pinned } = listed;
      if (title !== chat.title || pinned !== chat.pinned) store.setChat({ ...chat, title, pinned });
      if (current !== null && !isRunning(store) && store.turn(current) === undefined) void store.load();
    });
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      unsubscribe();
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [chatId, queryClient]);
}
