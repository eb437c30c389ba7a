import type { Attributes } from '@kumiki/api';
import { useSyncExternalStore } from 'react';
import { sendFile } from './send-file.ts';
import { addStoreFile } from './store-queries.ts';

/** Files that are sent at once; the others wait. */
const maxSending = 3;

export interface Upload {
  readonly id: number;
  readonly storeId: string;
  readonly file: File;
  readonly attributes: Attributes;
  readonly state: 'waiting' | 'sending' | 'adding' | 'failed';
  /** Bytes that have left. */
  readonly sent: number;
  readonly error: unknown;
}

/** Uploads of the whole tab, which continue while another screen is open. */
let uploads: readonly Upload[] = [];
let nextId = 1;
const listeners = new Set<() => void>();
const controllers = new Map<number, AbortController>();
let onAdded: (storeId: string) => void = () => undefined;

function set(next: readonly Upload[]): void {
  uploads = next;
  for (const listener of listeners) listener();
}

function change(id: number, changes: Partial<Upload>): void {
  set(uploads.map((upload) => (upload.id === id ? { ...upload, ...changes } : upload)));
}

function remove(id: number): void {
  set(uploads.filter((upload) => upload.id !== id));
}

/** Leaving the page would end what is on its way. */
function warn(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

function pump(): void {
  const busy = uploads.filter(({ state }) => state === 'sending' || state === 'adding').length;
  const waiting = uploads.filter(({ state }) => state === 'waiting');
  if (busy + waiting.length > 0) addEventListener('beforeunload', warn);
  else removeEventListener('beforeunload', warn);
  for (const upload of waiting.slice(0, Math.max(0, maxSending - busy))) void send(upload);
}

async function send({ id, storeId, file, attributes }: Upload): Promise<void> {
  const controller = new AbortController();
  controllers.set(id, controller);
  change(id, { state: 'sending', sent: 0, error: null });
  try {
    const stored = await sendFile(file, (sent) => change(id, { sent }), controller.signal);
    change(id, { state: 'adding', sent: file.size });
    await addStoreFile(storeId, stored.id, attributes);
    remove(id);
    onAdded(storeId);
  } catch (error) {
    if (controller.signal.aborted) remove(id);
    else change(id, { state: 'failed', error });
  } finally {
    controllers.delete(id);
    pump();
  }
}

/** Sends files and puts them into a store. @param added is called with the store whenever one has arrived. */
export function upload(
  storeId: string,
  files: readonly File[],
  attributes: Attributes,
  added: (storeId: string) => void,
): void {
  onAdded = added;
  const fresh = files.map((file): Upload => ({
    id: nextId++,
    storeId,
    file,
    attributes,
    state: 'waiting',
    sent: 0,
    error: null,
  }));
  set([...uploads, ...fresh]);
  pump();
}

export function cancelUpload(id: number): void {
  const controller = controllers.get(id);
  if (controller === undefined) remove(id);
  else controller.abort();
  pump();
}

export function retryUpload(id: number): void {
  change(id, { state: 'waiting', error: null });
  pump();
}

/** Uploads into one store that have not arrived yet. */
export function useUploads(storeId: string): readonly Upload[] {
  const all = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => uploads,
  );
  return all.filter((one) => one.storeId === storeId);
}
