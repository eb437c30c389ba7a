import { KumikiError } from '@kumiki/api/errors';
import { checkParameters } from './check-parameters.ts';
import type { Database, Parameter, Queryable, QueryResult } from './database.ts';
import { keepThread } from './keep-thread.ts';
import { runWhole } from './run-whole.ts';
import type { EmbeddedThread, Running } from './start-thread.ts';

/** Most statements and transactions that wait for the one connection; more are refused. */
const maxWaiting = 1_000;
/** A statement that waits longer for the connection is refused. */
const maxWaitMs = 30_000;

/** Limit of a statement. Migrations set their own for their transactions. */
const defaultStatementLimitMs = 60_000;

export interface EmbeddedOptions {
  /** Folder of the data; null keeps them in memory. Only one process may open a folder at a time. */
  readonly folder: string | null;
  /** Limit of one statement, which blocks all others. */
  readonly statementLimitMs?: number;
}

/**
 * PostgreSQL inside this process (PGlite), with the vector extension. It has one connection, so statements run one
 * after the other. Returns at once; the first query waits until the database is open. If its thread dies, it is
 * restarted, and queries are refused meanwhile.
 */
export function openEmbedded(options: EmbeddedOptions): Database {
  const { folder, statementLimitMs = defaultStatementLimitMs } = options;
  const listeners = new Map<string, Set<(payload: string | null) => void>>();
  const threads = keepThread(folder, {
    onNotice(channel, payload) {
      for (const listener of listeners.get(channel) ?? []) listener(payload);
    },
    async onReopened(thread) {
      for (const channel of listeners.keys()) await turns.take(() => thread.request({ type: 'listen', channel }));
      // Notifications in the meantime were missed.
      for (const known of listeners.values()) for (const listener of known) listener(null);
    },
  });
  const turns = createTurns(threads.current().opened);

  return {
    kind: 'embedded',
    query: <Row>(sql: string, parameters?: readonly Parameter[]) =>
      turns.take(() => startStatement<Row>(threads.current(), statementLimitMs, sql, parameters ?? [], true)),
    transaction: <Value>(work: (transaction: Queryable) => Promise<Value>, limitMs?: number) =>
      turns.take(() => {
        // All statements of a transaction use the same thread, since a restarted one knows nothing of it.
        const thread = threads.current();
        const most = Math.max(limitMs ?? 0, statementLimitMs);
        const { promise: ran, resolve: end } = Promise.withResolvers<void>();
        const run = <Row>(sql: string, parameters: readonly Parameter[] = []): Promise<QueryResult<Row>> =>
          startStatement<Row>(thread, most, sql, parameters, false).result;
        const commit = (): Running<unknown> => {
          const committing = startStatement(thread, most, 'COMMIT', [], true);
          void committing.ran.then(() => end());
          return committing;
        };
        return { ran, result: runTransaction(work, run, commit).finally(end) };
      }),
    async listen(channel, onMessage) {
      const known = listeners.get(channel) ?? new Set();
      listeners.set(channel, known.add(onMessage));
      await turns.take(() => threads.current().request({ type: 'listen', channel }));
      onMessage(null);
      return async () => void known.delete(onMessage);
    },
    async close() {
      // A database that is still opening has acknowledged nothing, so there is nothing to wait for.
      threads.giveUp();
      const thread = threads.current();
      if (thread.isOpen()) await turns.take(() => thread.request({ type: 'close' })).catch(() => {});
      await thread.end();
    },
  };
}

function startStatement<Row>(
  thread: EmbeddedThread,
  limitMs: number,
  sql: string,
  parameters: readonly Parameter[],
  settles: boolean,
): Running<QueryResult<Row>> {
  try {
    checkParameters(parameters);
  } catch (error) {
    return { ran: Promise.resolve(), result: Promise.reject(error) };
  }
  return thread.request({ type: 'query', sql, parameters, settles }, limitMs) as Running<QueryResult<Row>>;
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
  // A refused COMMIT has ended the transaction too.
  await commit().result;
  return value;
}

/** Runs one at a time, in order of arrival. The wait limit starts only when the database is open. */
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
