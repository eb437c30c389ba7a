import type { Attributes } from '@kumiki/api';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { callApi } from '../api/call-api.ts';
import type { FileContent, FileStatus, ListPage, StoreFile, VectorStore } from './store-types.ts';

const storesPath = '/v1/vector_stores';
const pageLimit = 100;
/** Between two looks while files are being read, and while nothing is known to happen. */
const busyMs = 1_000;
const quietMs = 15_000;

export const storesKey = ['stores'] as const;

export function pathOfStore(id: string): string {
  return `${storesPath}/${encodeURIComponent(id)}`;
}

function pathOfFile(storeId: string, fileId: string): string {
  return `${pathOfStore(storeId)}/files/${encodeURIComponent(fileId)}`;
}

export const storesQuery = infiniteQueryOptions({
  queryKey: [...storesKey, 'list'],
  queryFn: ({ pageParam, signal }) =>
    callApi<ListPage<VectorStore>>(storesPath, { query: { limit: pageLimit, after: pageParam }, signal }),
  initialPageParam: '',
  getNextPageParam: (last) => (last.has_more ? last.last_id : undefined),
  refetchInterval: ({ state }) =>
    state.data?.pages.some(({ data }) => data.some(({ status }) => status === 'in_progress')) === true
      ? busyMs
      : quietMs,
});

export function storeQuery(id: string) {
  return queryOptions({
    queryKey: [...storesKey, 'one', id],
    queryFn: ({ signal }) => callApi<VectorStore>(pathOfStore(id), { signal }),
    refetchInterval: ({ state }) => (state.data?.status === 'in_progress' ? busyMs : quietMs),
  });
}

export function filesQuery(storeId: string, filter: FileStatus | null) {
  return infiniteQueryOptions({
    queryKey: [...storesKey, 'files', storeId, filter],
    queryFn: ({ pageParam, signal }) =>
      callApi<ListPage<StoreFile>>(`${pathOfStore(storeId)}/files`, {
        query: { limit: pageLimit, after: pageParam, filter },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: (last) => (last.has_more ? last.last_id : undefined),
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ data }) => data.some(({ status }) => status === 'in_progress')) === true
        ? busyMs
        : quietMs,
  });
}

export function contentQuery(storeId: string, fileId: string) {
  return queryOptions({
    queryKey: [...storesKey, 'content', storeId, fileId],
    queryFn: ({ signal }) => callApi<FileContent>(`${pathOfFile(storeId, fileId)}/content`, { signal }),
    staleTime: 60_000,
  });
}

export interface StoreDraft {
  readonly name: string;
  readonly expires_after: { readonly anchor: 'last_active_at'; readonly days: number } | null;
  /** Only at the beginning: vectors of two models cannot be compared. */
  readonly kumiki?: { readonly embedding_model: string };
}

export function createStore(draft: StoreDraft): Promise<VectorStore> {
  return callApi(storesPath, { body: draft });
}

export function updateStore(id: string, draft: Omit<StoreDraft, 'kumiki'>): Promise<VectorStore> {
  return callApi(pathOfStore(id), { body: draft });
}

export function addStoreFile(storeId: string, fileId: string, attributes: Attributes): Promise<StoreFile> {
  return callApi(`${pathOfStore(storeId)}/files`, { body: { file_id: fileId, attributes } });
}

export function setAttributes(storeId: string, fileId: string, attributes: Attributes): Promise<StoreFile> {
  return callApi(pathOfFile(storeId, fileId), { body: { attributes } });
}

/** Takes a file out of a store. @param forGood deletes the file itself too, from every store. */
export async function removeFile(storeId: string, fileId: string, forGood: boolean): Promise<void> {
  if (forGood) await callApi(`/v1/files/${encodeURIComponent(fileId)}`, { method: 'DELETE' });
  else await callApi(pathOfFile(storeId, fileId), { method: 'DELETE' });
}

/** Deletes a store. @param withFiles deletes the files that were in it too, from every store. */
export async function deleteStore(id: string, withFiles: boolean): Promise<void> {
  const fileIds = withFiles ? await listFileIds(id) : [];
  await callApi(pathOfStore(id), { method: 'DELETE' });
  for (const fileId of fileIds) await callApi(`/v1/files/${encodeURIComponent(fileId)}`, { method: 'DELETE' });
}

async function listFileIds(storeId: string): Promise<string[]> {
  const ids: string[] = [];
  for (let after: string | null = ''; after !== null;) {
    const query = { limit: pageLimit, after };
    const page: ListPage<StoreFile> = await callApi(`${pathOfStore(storeId)}/files`, { query });
    ids.push(...page.data.map((file) => file.id));
    after = page.has_more ? page.last_id : null;
  }
  return ids;
}
