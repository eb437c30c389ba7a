import { Worker } from 'node:worker_threads';
import { KumikiError } from '@kumiki/api/errors';
import { DatabaseError, type QueryResult } from './database.ts';
import type { ThreadReply, ThreadRequest } from './embedded-protocol.ts';
import { unavailable } from './translate-error.ts';

/** SQLSTATE of query_canceled, for a statement that took too long. */
const queryCanceled = '57014';
/** SQLSTATE of disk_full. */
const diskFull = '53100';

/** A statement or transaction on the one connection. */
export interface Running<Value> {
  /** Resolves when the connection is free for the next one. Never rejects. */
  readonly ran: Promise<unknown>;
  /** Resolves when the writes are on disk, which may be later. Others run meanwhile and share the sync. */
  readonly result: Promise<Value>;
}

type Unsent = ThreadRequest extends infer Request ? (Request extends unknown ? Omit<Request, 'id'> : never) : never;

export interface EmbeddedThread {
  /** @param limitMs how long it may block the thread; beyond it the thread is terminated. */
  request(request: Unsent, limitMs?: number): Running<QueryResult<unknown>>;
  readonly opened: Promise<void>;
  isOpen(): boolean;
  /** Resolves with the reason when it has ended. */
  readonly ended: Promise<Error>;
  end(): Promise<void>;
}

/** Starts the thread of the embedded database. After the thread has ended, every request fails. */
export function startThread(
  folder: string | null,
  onNotice: (channel: string, payload: string) => void,
): EmbeddedThread {
  const worker = new Worker(new URL('embedded-thread.ts', import.meta.url), { workerData: { folder } });
  const open = new Map<number, Asked>();
  const opened = Promise.withResolvers<void>();
  opened.promise.catch(() => {});
  const death = Promise.withResolvers<Error>();
  let nextId = 1;
  let isOpen = false;
  let ended: Error | null = null;

  const fail = (error: Error): void => {
    ended ??= error;
    isOpen = false;
    opened.reject(ended);
    failAll(open, ended);
    death.resolve(ended);
  };
  worker.on('error', (error) => fail(unavailable(error)));
  worker.on('exit', () => fail(unavailable(new Error('the thread of the embedded database has ended'))));
  worker.on('message', (reply: ThreadReply) => {
    switch (reply.type) {
      case 'open':
        isOpen = true;
        return opened.resolve();
      case 'failed':
        return fail(unavailable(new Error(reply.message)));
      case 'notice':
        return onNotice(reply.channel, reply.payload);
      case 'ran':
        return open.get(reply.id)?.ran();
      case 'result':
      case 'error':
        settle(reply, open.get(reply.id));
    }
    open.get(reply.id)?.ran();
    open.delete(reply.id);
  });

  return {
    request(request, limitMs) {
      const { promise: ran, resolve: end } = Promise.withResolvers<void>();
      const waiting = Promise.withResolvers<QueryResult<unknown>>();
      try {
        if (ended !== null) throw ended;
        const id = nextId++;
        worker.postMessage({ ...request, id });
        open.set(id, { ...waiting, ran: end });
        if (limitMs !== undefined) {
          watchLimit(limitMs, ran, (late) => {
            waiting.reject(late);
            void worker.terminate();
          });
        }
      } catch (error) {
        // For example a parameter that cannot be cloned.
        waiting.reject(error);
        end();
      }
      return { ran, result: waiting.promise };
    },
    opened: opened.promise,
    isOpen: () => isOpen,
    ended: death.promise,
    async end() {
      await worker.terminate();
    },
  };
}

/** A pending request. */
type Asked = PromiseWithResolvers<QueryResult<unknown>> & { readonly ran: () => void };

function failAll(open: Map<number, Asked>, error: Error): void {
  for (const { reject, ran } of open.values()) {
    reject(error);
    ran();
  }
  open.clear();
}

function settle(reply: Extract<ThreadReply, { type: 'result' | 'error' }>, asked: Asked | undefined): void {
  if (reply.type === 'result') asked?.resolve({ rows: reply.rows, count: reply.count });
  else asked?.reject(toError(reply));
}

/** A statement that blocks its thread cannot be cancelled, so the thread is terminated. */
function watchLimit(limitMs: number, ran: Promise<unknown>, onLate: (error: Error) => void): void {
  const timer = setTimeout(() => {
    const reason = `canceling statement due to statement timeout: it took longer than ${limitMs} ms`;
    onLate(new DatabaseError(reason, queryCanceled, null, null));
  }, limitMs);
  void ran.then(() => clearTimeout(timer));
}

function toError({ message, code, constraint }: Extract<ThreadReply, { type: 'error' }>): Error {
  if (code === diskFull) {
    const cause = new Error(message);
    const reason = 'The disk of the database is full, so nothing was changed: free some space on it';
    return new KumikiError('service_unavailable', { reason }, { cause });
  }
  return code === null ? new Error(message) : new DatabaseError(message, code, constraint, null);
}
