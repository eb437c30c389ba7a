import { Worker } from 'node:worker_threads';
import { KumikiError } from '@kumiki/api';
import { type Database, DatabaseError, type Parameter, type Queryable, type QueryResult } from './database.ts';
import type { ThreadReply, ThreadRequest } from './embedded-protocol.ts';
import { runWhole } from './run-whole.ts';
import { unavailable } from './translate-error.ts';

/** Statements and transactions that wait for the one connection; the next is refused. */
const maxWaiting = 1_000;
/** Whoever waits longer for the connection is refused. */
const maxWaitMs = 30_000;

export interface EmbeddedOptions {
  /** Where the data lie; null keeps them in memory. Only one process may open a folder at a time. */
  readonly folder: string | null;
}

/**
 * PostgreSQL inside this process (PGlite), with the vector extension. It has one connection: statements run one
 * after the other. Returns at once; the first query waits until the database is open.
 */
export function openEmbedded(options: EmbeddedOptions): Database {
  const thread = startThread(options);
  const turns = createTurns(thread.opened);
  const run = async <Row>(sql: string, parameters: readonly Parameter[] = []): Promise<QueryResult<Row>> =>
    thread.request({ type: 'query', sql, parameters }) as Promise<QueryResult<Row>>;
  const listeners = new Map<string, Set<(payload: string | null) => void>>();
  thread.onNotice((channel, payload) => {
    for (const listener of listeners.get(channel) ?? []) listener(payload);
  });

  return {
    kind: 'embedded',
    query: <Row>(sql: string, parameters?: readonly Parameter[]) => turns.take(() => run<Row>(sql, parameters)),
    transaction: <Value>(work: (transaction: Queryable) => Promise<Value>) =>
      turns.take(async () => {
        await run('BEGIN');
        try {
          const value = await runWhole(run, work);
          await run('COMMIT');
          return value;
        } catch (error) {
          await run('ROLLBACK').catch(() => {});
          throw error;
        }
      }),
    async listen(channel, onMessage) {
      const known = listeners.get(channel) ?? new Set();
      listeners.set(channel, known.add(onMessage));
      await turns.take(() => thread.request({ type: 'listen', channel }));
      onMessage(null);
      return async () => void known.delete(onMessage);
    },
    async close() {
      // One that is still being opened has acknowledged nothing: there is nothing to wait for.
      if (thread.isOpen()) await turns.take(() => thread.request({ type: 'close' })).catch(() => {});
      await thread.end();
    },
  };
}

/** One at a time, in the order of their coming. Opening may take as long as it does: nobody's wait begins before. */
function createTurns(opened: Promise<unknown>) {
  let last: Promise<unknown> = opened.catch(() => {});
  let waiting = 0;
  return {
    take<Value>(work: () => Promise<Value>): Promise<Value> {
      if (waiting >= maxWaiting) return Promise.reject(busy());
      waiting++;
      let expired = false;
      const { promise, resolve, reject } = Promise.withResolvers<Value>();
      let timer: NodeJS.Timeout | undefined;
      const watch = (): void => {
        timer = setTimeout(() => {
          expired = true;
          waiting--;
          reject(busy());
        }, maxWaitMs);
      };
      void opened.then(watch, watch);
      last = last.then(async () => {
        clearTimeout(timer);
        if (expired) return;
        waiting--;
        await work().then(resolve, reject);
      });
      return promise;
    },
  };
}

function busy(): KumikiError {
  return new KumikiError('service_unavailable', { reason: 'The database is busy' }, { retryAfterMs: 1_000 });
}

type Unsent = ThreadRequest extends infer Request ? (Request extends unknown ? Omit<Request, 'id'> : never) : never;

function startThread({ folder }: EmbeddedOptions) {
  const worker = new Worker(new URL('embedded-thread.ts', import.meta.url), { workerData: { folder } });
  const open = new Map<number, PromiseWithResolvers<QueryResult<unknown>>>();
  const opened = Promise.withResolvers<void>();
  let onNotice: (channel: string, payload: string) => void = () => {};
  let nextId = 1;
  let isOpen = false;
  let ended: Error | null = null;

  /** A database that could not be opened or whose thread has died fails everything from now on. */
  const fail = (error: Error): void => {
    ended ??= error;
    opened.reject(ended);
    for (const { reject } of open.values()) reject(ended);
    open.clear();
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
      case 'result':
        open.get(reply.id)?.resolve({ rows: reply.rows, count: reply.count });
        break;
      case 'error':
        open.get(reply.id)?.reject(toError(reply));
        break;
    }
    open.delete(reply.id);
  });

  return {
    request(request: Unsent): Promise<QueryResult<unknown>> {
      if (ended !== null) return Promise.reject(ended);
      const id = nextId++;
      const waiting = Promise.withResolvers<QueryResult<unknown>>();
      // First, since a parameter that cannot be sent throws here.
      worker.postMessage({ ...request, id });
      open.set(id, waiting);
      return waiting.promise;
    },
    opened: opened.promise,
    isOpen: () => isOpen,
    onNotice: (listener: typeof onNotice) => void (onNotice = listener),
    async end() {
      await worker.terminate();
    },
  };
}

function toError({ message, code, constraint }: Extract<ThreadReply, { type: 'error' }>): Error {
  return code === null ? new Error(message) : new DatabaseError(message, code, constraint, null);
}
