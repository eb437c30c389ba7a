import { callApi } from '../../api/call-api.ts';

/** Metadata that marks a store as belonging to one chat. */
const ownerKey = 'kumiki_chat';

export interface StoreEntry {
  readonly id: string;
  readonly name: string | null;
  readonly file_counts: { readonly total: number };
  readonly metadata: Readonly<Record<string, string>> | null;
}

interface Page<Entry> {
  readonly data: readonly Entry[];
}

const storesPath = '/v1/vector_stores';
const listed = 100;

export async function listStores(signal?: AbortSignal): Promise<readonly StoreEntry[]> {
  const page = await callApi<Page<StoreEntry>>(storesPath, {
    query: { limit: listed },
    ...(signal === undefined ? {} : { signal }),
  });
  return page.data;
}

/** Whether a store holds files that were attached in a chat. */
export function isChatStore(store: StoreEntry): boolean {
  return store.metadata?.[ownerKey] !== undefined;
}

export async function createChatFiles(name: string, chatId: string | null): Promise<string> {
  const store = await callApi<StoreEntry>(storesPath, { body: { name, metadata: { [ownerKey]: chatId ?? 'new' } } });
  return store.id;
}

/** Says whose a store is, once its chat exists. */
export function ownChatFiles(storeId: string, chatId: string): Promise<unknown> {
  return callApi(`${storesPath}/${storeId}`, { body: { metadata: { [ownerKey]: chatId } } });
}

/** The chat's own store among those that it searches; null when it has none. */
export async function findChatFiles(chatId: string, storeIds: readonly string[]): Promise<string | null> {
  for (const id of storeIds) {
    const store = await callApi<StoreEntry>(`${storesPath}/${id}`).catch(() => null);
    if (store?.metadata?.[ownerKey] === chatId) return id;
  }
  return null;
}

/** Deletes a chat's own store with the files in it. */
export async function deleteChatFiles(chatId: string, storeIds: readonly string[]): Promise<void> {
  const id = await findChatFiles(chatId, storeIds);
  if (id === null) return;
  const files = await callApi<Page<{ readonly id: string }>>(`${storesPath}/${id}/files`, { query: { limit: listed } });
  await callApi(`${storesPath}/${id}`, { method: 'DELETE' });
  for (const file of files.data) await callApi(`/v1/files/${file.id}`, { method: 'DELETE' });
}
