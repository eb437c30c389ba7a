import type { Chat, ChatList, ChatSettings, ForkChat, UpdateChat } from '@kumiki/api';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { callApi } from '../../api/call-api.ts';
import { modelsQuery } from '../../api/models.ts';
import { chatsPath } from '../run/load-chat.ts';

const page = 30;
/** Interval at which a visible tab polls for changes by other tabs and devices. */
const refreshMs = 10_000;

/** The chats, newest first, a page at a time; `query` are words of titles. */
export function chatsQuery(query: string) {
  return infiniteQueryOptions({
    queryKey: ['chats', query],
    queryFn: ({ pageParam, signal }) =>
      callApi<ChatList>(chatsPath, { query: { limit: page, after: pageParam, query: query.trim() }, signal }),
    initialPageParam: '',
    getNextPageParam: (last) => (last.has_more ? last.last_id : null),
    refetchInterval: refreshMs,
  });
}

export const pinnedQuery = queryOptions({
  queryKey: ['chats', 'pinned'],
  queryFn: async ({ signal }) =>
    (await callApi<ChatList>(chatsPath, { query: { limit: 100, pinned: 'true' }, signal })).data,
  refetchInterval: refreshMs,
});

/** Models that can chat. */
export const chatModelsQuery = queryOptions({
  ...modelsQuery,
  select: (models: readonly { readonly id: string; readonly [more: string]: unknown }[]) =>
    models.filter(({ kumiki }) => (kumiki as { task?: string } | undefined)?.task === 'chat').map(({ id }) => id),
  // A model that starts appears by itself.
  refetchInterval: refreshMs,
});

export function createChat(settings: ChatSettings): Promise<Chat> {
  return callApi<Chat>(chatsPath, { body: { settings } });
}

export function updateChat(id: string, change: UpdateChat): Promise<Chat> {
  return callApi<Chat>(`${chatsPath}/${id}`, { body: change });
}

export function deleteChat(id: string): Promise<unknown> {
  return callApi(`${chatsPath}/${id}`, { method: 'DELETE' });
}

export function forkChat(id: string, fork: ForkChat): Promise<Chat> {
  return callApi<Chat>(`${chatsPath}/${id}/fork`, { body: fork });
}
