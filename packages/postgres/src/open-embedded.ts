import { KumikiError } from '@kumiki/api';
import { checkParameters } from './check-parameters.ts';
import type { Database, Parameter, Queryable, QueryResult } from './database.ts';
import { keepThread } from './keep-thread.ts';
import { runWhole } from './run-whole.ts';
import type { EmbeddedThread, Running } from './start-thread.ts';

/** Statements and transactions that wait for the one connection; the next is refused. */
const maxWaiting = 1_000;
/** Whoever waits longer for the connection is refused. */
const maxWaitMs = 30_000;

/** No statement of ours takes longer, save migrations, whose transactions bring their own limit. */
const defaultStatementLimitMs = 60_000;

export interface EmbeddedOptions {
  /** Where the data lie; null keeps them in memory. Only one process may open a folder at a time. */
  readonly folder: string | null;
  /** How long one statement may take; it keeps everybody else waiting. */
  readonly statementLimitMs?: number;
}

/**
 * PostgreSQL inside this process (PGlite), with the vector extension. It has one connection: statements run one
 * after the other. Returns at once; the first query waits until the database is open. A thread that dies is started again,
 * and meanwhile everything is refused.
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
      // Whatever was notified meanwhile has been missed.
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
        // All its statements go to one thread: what follows a death does not belong to the next one.
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
      // One that is still being opened has acknowledged nothing: there is nothing to wait for.
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
  // One that is refused has ended the transaction too.
  await commit().result;
  return value;
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
