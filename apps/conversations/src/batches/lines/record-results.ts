import { setTimeout as wait } from 'node:timers/promises';
import { KumikiError } from '@kumiki/api';
import type { Database, Queryable } from '@kumiki/postgres';
import { LeaseLostError } from '@kumiki/postgres/leased';
import { type BatchLease, writeFenced } from '../rows/batch-lease.ts';
import { chunkLimits } from '../rows/limits.ts';
import { type LineResult, noUsage, type TokenUsage } from './result-line.ts';

/** Number of lines that got an answer, and of those that got an error. */
export interface RecordedLines {
  readonly completed: number;
  readonly failed: number;
}

/**
 * Delay between two attempts to write while the database is unavailable, and the most attempts before the results are
 * given up.
 */
const databaseAwayMs = 500;
const maxWrites = 120;

interface Waiting extends PromiseWithResolvers<void> {
  readonly result: LineResult;
}

/**
 * Writes results under the lease. Results that arrive during a write are combined into the next one, so that a busy
 * batch needs few writes and an idle one has no delay. Resolves when a result is durable.
 */
export function createRecorder(
  database: Database,
  lease: BatchLease,
  signal: AbortSignal,
  onRecorded: (lines: RecordedLines) => void,
) {
  const waiting: Waiting[] = [];
  let writing = false;

  const write = async (): Promise<void> => {
    writing = true;
    while (waiting.length > 0) {
      const chunk = takeChunk(waiting);
      try {
        onRecorded(await insist(() => record(database, lease, chunk), signal));
        for (const { resolve } of chunk) resolve();
      } catch (error) {
        for (const { reject } of chunk) reject(error);
      }
    }
    writing = false;
  };
  return (result: LineResult): Promise<void> => {
    const entry = { result, ...Promise.withResolvers<void>() };
    waiting.push(entry);
    if (!writing) void write();
    return entry.promise;
  };
}

function takeChunk(waiting: Waiting[]): Waiting[] {
  let bytes = 0;
  const end = waiting.findIndex(({ result }) => (bytes += result.result.length) > chunkLimits.bytes);
  return waiting.splice(0, end < 0 ? waiting.length : Math.max(1, end));
}

/** Retries while the database restarts, since computing the answers again would cost GPU time. */
async function insist<Value>(write: () => Promise<Value>, signal: AbortSignal): Promise<Value> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write();
    } catch (error) {
      const away = error instanceof KumikiError && error.code === 'service_unavailable';
      if (!away || attempt >= maxWrites) throw error;
      await wait(databaseAwayMs, undefined, { signal });
    }
  }
}

async function record(database: Database, lease: BatchLease, chunk: readonly Waiting[]): Promise<RecordedLines> {
  const results = chunk.map(({ result }) => result);
  return writeFenced(database, lease, async (transaction, batch) => {
    if (batch.outcome !== null) throw new LeaseLostError(lease.id);
    const { rows } = await transaction.query<{ line: number }>(
      `UPDATE conversations.batch_lines AS known SET result = new.result, failed = new.failed, body = NULL
       FROM json_to_recordset($2::json) AS new (line integer, failed boolean, result text)
       WHERE known.batch_id = $1 AND known.line = new.line AND known.result IS NULL
       RETURNING known.line`,
      [lease.id, JSON.stringify(results.map(({ line, failed, result }) => ({ line, failed, result })))],
    );
    const written = new Set(rows.map(({ line }) => line));
    return addCounts(
      transaction,
      lease,
      results.filter(({ line }) => written.has(line)),
    );
  });
}

async function addCounts(
  transaction: Queryable,
  lease: BatchLease,
  results: readonly LineResult[],
): Promise<RecordedLines> {
  const failed = results.filter((result) => result.failed).length;
  const completed = results.length - failed;
  const usage = results.reduce((sum, result) => addUsage(sum, result.usage), noUsage);
  await transaction.query(
    `UPDATE conversations.batches SET completed = completed + $2, failed = failed + $3,
       input_tokens = input_tokens + $4, cached_tokens = cached_tokens + $5,
       output_tokens = output_tokens + $6, reasoning_tokens = reasoning_tokens + $7
     WHERE id = $1`,
    [lease.id, completed, failed, usage.input, usage.cached, usage.output, usage.reasoning],
  );
  return { completed, failed };
}

function addUsage(a: TokenUsage, b: TokenUsage): TokenUsage {
  return {
    input: a.input + b.input,
    cached: a.cached + b.cached,
    output: a.output + b.output,
    reasoning: a.reasoning + b.reasoning,
  };
}
