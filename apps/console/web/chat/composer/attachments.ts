import { type ApiError, toApiError } from '../../api/api-error.ts';
import { callApi } from '../../api/call-api.ts';
import { newKey } from '../model/new-key.ts';
import type { DraftFile } from './drafts.ts';
import { uploadFile } from './upload-file.ts';

/** Files that wait beside one message. */
const maxAttachments = 20;
const pollMs = 700;

export type AttachmentState =
  | { readonly kind: 'uploading'; readonly part: number }
  | { readonly kind: 'indexing'; readonly done: number; readonly total: number | null }
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly error: ApiError | null; readonly reason: string };

export interface Attachment {
  readonly key: string;
  readonly name: string;
  readonly bytes: number;
  readonly state: AttachmentState;
  /** null until it has reached the server. */
  readonly stored: DraftFile | null;
}

interface StoreFile {
  readonly status: 'in_progress' | 'completed' | 'failed' | 'cancelled';
  readonly last_error: { readonly code: string; readonly message: string } | null;
  readonly kumiki?: { readonly chunks_done: number; readonly chunks_total: number | null };
}

/** The files attached to one message, from the disk until they can be searched. */
export interface Attachments {
  readonly subscribe: (listener: () => void) => () => void;
  readonly list: () => readonly Attachment[];
  /** @param store finds or makes the store that they go into. */
  readonly add: (files: readonly File[], store: () => Promise<string>) => void;
  readonly restore: (files: readonly DraftFile[]) => void;
  readonly retry: (key: string) => void;
  readonly remove: (key: string) => void;
  /** After they were sent: those that failed stay. */
  readonly clear: () => void;
}

interface Core {
  list: readonly Attachment[];
  readonly set: (list: readonly Attachment[]) => void;
  readonly change: (key: string, part: Partial<Attachment>) => void;
  /** Works on a file; what goes wrong becomes its state. */
  readonly run: (key: string, work: (signal: AbortSignal) => Promise<void>) => void;
  readonly stored: (key: string) => DraftFile | null;
  readonly subscribe: Attachments['subscribe'];
  /** Where files come from that were chosen here. */
  readonly sources: Map<string, { readonly file: File; readonly store: () => Promise<string> }>;
  readonly running: Map<string, AbortController>;
}

function createCore(): Core {
  const listeners = new Set<() => void>();
  const core: Core = {
    list: [],
    sources: new Map(),
    running: new Map(),
    set(list) {
      core.list = list;
      for (const listener of listeners) listener();
    },
    change: (key, part) => core.set(core.list.map((one) => (one.key === key ? { ...one, ...part } : one))),
    run(key, work) {
      const controller = new AbortController();
      core.running.set(key, controller);
      work(controller.signal).catch((thrown: unknown) => {
        if (controller.signal.aborted) return;
        const error = toApiError(thrown);
        core.change(key, { state: { kind: 'failed', error, reason: error.message } });
      });
    },
    stored: (key) => core.list.find((one) => one.key === key)?.stored ?? null,
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
  return core;
}

const unread: AttachmentState = { kind: 'indexing', done: 0, total: null };

async function follow(core: Core, key: string, file: DraftFile, signal: AbortSignal): Promise<void> {
  const state = await watchIngest(file, signal, (next) => core.change(key, { state: next }));
  core.change(key, { state });
}

function upload(core: Core, key: string): void {
  const source = core.sources.get(key);
  if (source === undefined) return;
  const { file, store } = source;
  core.change(key, { state: { kind: 'uploading', part: 0 } });
  core.run(key, async (signal) => {
    const tell = (part: number): void => core.change(key, { state: { kind: 'uploading', part } });
    const { id: fileId } = await uploadFile(file, key, tell, signal);
    const stored = { name: file.name, bytes: file.size, fileId, storeId: await store() };
    core.change(key, { stored, state: unread });
    await callApi(`/v1/vector_stores/${stored.storeId}/files`, { body: { file_id: fileId }, signal });
    await follow(core, key, stored, signal);
  });
}

/** From where it failed: what has been uploaded need not be uploaded again. */
function retry(core: Core, key: string): void {
  const stored = core.stored(key);
  if (stored === null) {
    upload(core, key);
    return;
  }
  core.change(key, { state: unread });
  core.run(key, async (signal) => {
    const path = `/v1/vector_stores/${stored.storeId}/files`;
    await callApi(`${path}/${stored.fileId}`, { method: 'DELETE', signal }).catch(() => undefined);
    await callApi(path, { body: { file_id: stored.fileId }, signal });
    await follow(core, key, stored, signal);
  });
}

function createAttachments(): Attachments {
  const core = createCore();
  return {
    subscribe: core.subscribe,
    list: () => core.list,
    add(files, store) {
      const added = files.slice(0, Math.max(0, maxAttachments - core.list.length)).map((file): Attachment => {
        const key = newKey();
        core.sources.set(key, { file, store });
        return { key, name: file.name, bytes: file.size, state: { kind: 'uploading', part: 0 }, stored: null };
      });
      core.set([...core.list, ...added]);
      for (const { key } of added) upload(core, key);
    },
    restore(files) {
      const added = files.map((stored) => ({
        key: newKey(),
        name: stored.name,
        bytes: stored.bytes,
        stored,
        state: unread,
      }));
      core.set([...core.list, ...added]);
      for (const { key, stored } of added) core.run(key, (signal) => follow(core, key, stored, signal));
    },
    retry: (key) => retry(core, key),
    remove(key) {
      core.running.get(key)?.abort();
      const stored = core.stored(key);
      core.set(core.list.filter((one) => one.key !== key));
      // The file goes with its places in stores.
      if (stored !== null) void callApi(`/v1/files/${stored.fileId}`, { method: 'DELETE' }).catch(() => undefined);
    },
    clear: () => core.set(core.list.filter(({ state }) => state.kind === 'failed')),
  };
}

/** Looks at a file until it can be searched or has failed. Throws ApiError. */
async function watchIngest(
  { storeId, fileId }: DraftFile,
  signal: AbortSignal,
  tell: (state: AttachmentState) => void,
): Promise<AttachmentState> {
  for (;;) {
    const file = await callApi<StoreFile>(`/v1/vector_stores/${storeId}/files/${fileId}`, { signal });
    if (file.status === 'completed') return { kind: 'ready' };
    if (file.status !== 'in_progress') {
      return { kind: 'failed', error: null, reason: file.last_error?.message ?? file.status };
    }
    tell({ kind: 'indexing', done: file.kumiki?.chunks_done ?? 0, total: file.kumiki?.chunks_total ?? null });
    await new Promise((resolve) => {
      setTimeout(resolve, pollMs);
    });
    signal.throwIfAborted();
  }
}

const all = new Map<string, Attachments>();
const maxKept = 40;

/** The attachments beside the message of a chat. They go on while another chat is looked at. */
export function attachmentsOf(key: string): Attachments {
  let one = all.get(key);
  if (one === undefined) {
    one = createAttachments();
    all.set(key, one);
    for (const [old, other] of all) {
      if (all.size <= maxKept) break;
      if (other.list().length === 0) all.delete(old);
    }
  }
  return one;
}
