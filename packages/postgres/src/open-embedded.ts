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

/** PostgreSQL's code for a disk without room. */
const diskFull = '53100';

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
  const start = <Row>(sql: string, parameters: readonly Parameter[], settles: boolean): Running<QueryResult<Row>> =>
    thread.request({ type: 'query', sql, parameters, settles }) as Running<QueryResult<Row>>;
  const run = <Row>(sql: string, parameters: readonly Parameter[] = []): Promise<QueryResult<Row>> =>
    start<Row>(sql, parameters, false).result;
  const listeners = new Map<string, Set<(payload: string | null) => void>>();
  thread.onNotice((channel, payload) => {
    for (const listener of listeners.get(channel) ?? []) listener(payload);
  });

  return {
    kind: 'embedded',
    query: <Row>(sql: string, parameters?: readonly Parameter[]) =>
      turns.take(() => start<Row>(sql, parameters ?? [], true)),
    transaction: <Value>(work: (transaction: Queryable) => Promise<Value>) =>
      turns.take(() => {
        const { promise: ran, resolve: end } = Promise.withResolvers<void>();
        const commit = (): Running<unknown> => {
          const committing = start('COMMIT', [], true);
          void committing.ran.then(() => end());
          return committing;
        };
        return { ran, result: runTransaction(work, run, commit).finally(end) };
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

async function runTransaction<Value>(
  work: (transaction: Queryable) => Promise<Value>,
  run: Queryable['query'],
  commit: () => Running<unknown>,
): Promise<Value> {
  await run('BEGIN');
  let value: Value;
  try {
    value = await runWhole(run, work);
  } catch (error) {
    await run('ROLLBACK').catch(() => {});
    throw error;
  }
  // One that is refused has ended the transaction too.
  await commit().result;
  return value;
}

/** A statement or transaction on the one connection. */
interface Running<Value> {
  /** The connection is free for the next one. Never rejects. */
  readonly ran: Promise<unknown>;
  /** May come later: when what it knows is on the disk. Meanwhile others run, and share the wait for the disk. */
  readonly result: Promise<Value>;
}

/** One at a time, in the order of their coming. Opening may take as long as it does: nobody's wait begins before. */
function createTurns(opened: Promise<unknown>) {
  let last: Promise<unknown> = opened.catch(() => {});
  let waiting = 0;
  return {
    take<Value>(work: () => Running<Value>): Promise<Value> {
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
        const { ran, result } = work();
        result.then(resolve, reject);
        await ran;
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
  const open = new Map<number, PromiseWithResolvers<QueryResult<unknown>> & { readonly ran: () => void }>();
  const opened = Promise.withResolvers<void>();
  let onNotice: (channel: string, payload: string) => void = () => {};
  let nextId = 1;
  let isOpen = false;
  let ended: Error | null = null;

  /** A database that could not be opened or whose thread has died fails everything from now on. */
  const fail = (error: Error): void => {
    ended ??= error;
    opened.reject(ended);
    for (const { reject, ran } of open.values()) {
      reject(ended);
      ran();
    }
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
      case 'ran':
        return open.get(reply.id)?.ran();
      case 'result':
        open.get(reply.id)?.resolve({ rows: reply.rows, count: reply.count });
        break;
      case 'error':
        open.get(reply.id)?.reject(toError(reply));
        break;
    }
    open.get(reply.id)?.ran();
    open.delete(reply.id);
  });

  return {
    request(request: Unsent): Running<QueryResult<unknown>> {
      const { promise: ran, resolve: end } = Promise.withResolvers<void>();
      const waiting = Promise.withResolvers<QueryResult<unknown>>();
      try {
        if (ended !== null) throw ended;
        const id = nextId++;
        worker.postMessage({ ...request, id });
        open.set(id, { ...waiting, ran: end });
      } catch (error) {
        // Also a parameter that cannot be sent.
        waiting.reject(error);
        end();
      }
      return { ran, result: waiting.promise };
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
  if (code === diskFull) {
    const cause = new Error(message);
    const reason = 'The disk of the database is full, so nothing was changed: free some space on it';
    return new KumikiError('service_unavailable', { reason }, { cause });
  }
  return code === null ? new Error(message) : new DatabaseError(message, code, constraint, null);
}
