import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase } from '@kumiki/postgres';
import { createLog } from '@kumiki/service';
import { type Search, type SearchOptions, startSearch } from '../start-search.ts';
import { createWordModel, type WordModel } from './word-model.ts';

const token = 'token-of-the-gateway';

/** The service on the embedded database, with a fast word model. */
export interface TestSearch extends AsyncDisposable {
  readonly search: Search;
  readonly database: Database;
  /** Folder of the objects. */
  readonly objectsFolder: string;
  readonly model: WordModel;
  /** Sends a request as the gateway would on behalf of a project. */
  call(method: string, path: string, options?: CallOptions): Promise<Reply>;
  /** Uploads a text file; returns its id. */
  upload(filename: string, content: string | Uint8Array, project?: string): Promise<string>;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly form?: FormData;
  readonly project?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

// Untyped, since each test checks the content of its replies.
// oxlint-disable-next-line typescript/no-explicit-any
export type Reply = { readonly status: number; readonly headers: Headers; readonly body: any };

export async function startTestSearch(options: Partial<SearchOptions> = {}): Promise<TestSearch> {
  const folder = mkdtempSync(join(tmpdir(), 'kumiki-search-'));
  const database = options.database ?? openDatabase({ folder: null });
  const objectsFolder = join(folder, 'objects');
  const model = createWordModel();
  const search = await startSearch({
    database,
    gateway: model.gateway,
    token,
    host: '127.0.0.1',
    port: 0,
    log: createLog({ service: 'search', level: 'silent' }),
    objectsFolder,
    ...options,
  });
  const call = async (
    method: string,
    path: string,
    { body, form, project = 'one', headers = {} }: CallOptions = {},
  ) => {
    const response = await fetch(`http://127.0.0.1:${search.port}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'x-kumiki-key': `key_${project}`,
        'x-kumiki-project': project,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(form === undefined ? {} : { body: form }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = response.headers.get('content-type')?.startsWith('application/json') === true;
    return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text };
  };
  return {
    search,
    database,
    objectsFolder,
    model,
    call,
    async upload(filename, content, project = 'one') {
      const form = new FormData();
      form.append('file', new Blob([typeof content === 'string' ? content : new Uint8Array(content)]), filename);
      form.append('purpose', 'assistants');
      const { body } = await call('POST', '/v1/files', { form, project });
      return body.id as string;
    },
    async [Symbol.asyncDispose]() {
      await search.close();
      if (options.database === undefined) await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
