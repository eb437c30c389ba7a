/** Calls the search service as the gateway does on behalf of one key. */
export interface SearchClient {
  /** Returns the file's id. */
  upload(filename: string, data: Uint8Array<ArrayBuffer>): Promise<string>;
  /** Creates a store of files and waits until all are ingested; returns its id. */
  fillStore(fileIds: readonly string[]): Promise<string>;
  search(store: string, body: Readonly<Record<string, unknown>>): Promise<readonly SearchResult[]>;
}

export interface SearchResult {
  readonly file_id: string;
  readonly content: readonly { readonly text: string }[];
  readonly kumiki: { readonly heading: string | null };
}

interface StoreReply {
  readonly id: string;
  readonly status: string;
  readonly file_counts: { readonly completed: number; readonly failed: number };
}

const pollMs = 50;

export function connectSearch(port: number, token: string): SearchClient {
  const call = async <Value>(method: string, path: string, body?: FormData | object): Promise<Value> => {
    const reply = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'x-kumiki-key': 'key_bench',
        'x-kumiki-project': 'bench',
        ...(body === undefined || body instanceof FormData ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`);
    return JSON.parse(text) as Value;
  };
  return {
    async upload(filename, data) {
      const form = new FormData();
      form.append('purpose', 'assistants');
      form.append('file', new Blob([data]), filename);
      return (await call<{ id: string }>('POST', '/v1/files', form)).id;
    },
    async fillStore(fileIds) {
      let store = await call<StoreReply>('POST', '/v1/vector_stores', { name: 'bench', file_ids: fileIds });
      while (store.status === 'in_progress') {
        await new Promise((resolve) => void setTimeout(resolve, pollMs));
        store = await call<StoreReply>('GET', `/v1/vector_stores/${store.id}`);
      }
      const { completed, failed } = store.file_counts;
      if (completed < fileIds.length) throw new Error(`Only ${completed} files are in the store, ${failed} failed.`);
      return store.id;
    },
    search: async (store, body) =>
      (await call<{ data: readonly SearchResult[] }>('POST', `/v1/vector_stores/${store}/search`, body)).data,
  };
}
