import type { ConcurrencyPolicy } from '@kumiki/policy';
import type { Database } from '@kumiki/postgres';
import type { GatewayClient } from '@kumiki/service';
import type { BatchRow } from '../batch.ts';
import { createGate } from './gate.ts';
import { createRecorder, type RecordedLines } from './record-results.ts';
import { type LineRequest, runLine } from './run-line.ts';

/** Lines of one batch that run at once: enough to fill a replica's batch beside others. */
const lineConcurrency: ConcurrencyPolicy = { initial: 4, max: 16, basePauseMs: 500, maxPauseMs: 60_000 };

/** Numbers of open lines that are read at once. */
const pageLines = 1_000;

export interface RunContext {
  readonly database: Database;
  readonly gateway: GatewayClient;
  readonly batch: BatchRow;
  readonly random: () => number;
  /** Told of results once they are durable. */
  readonly onRecorded: (lines: RecordedLines) => void;
}

/**
 * Runs every line that has no result yet. Resolves when all have one; rejects when the signal is aborted, with what was
 * recorded until then kept.
 */
export async function runLines(context: RunContext, signal: AbortSignal): Promise<void> {
  const { database, batch } = context;
  const failing = new AbortController();
  const stop = AbortSignal.any([signal, failing.signal]);
  const gate = createGate({ policy: lineConcurrency, now: () => performance.now(), random: context.random });
  const record = createRecorder(database, batch, stop, context.onRecorded);
  const open = new Set<Promise<void>>();

  const run = async (line: number): Promise<void> => {
    const request = await readLine(database, batch.id, line);
    if (request !== null) await record(await runLine({ ...context, gate }, request, stop));
  };
  const start = (line: number): void => {
    const task: Promise<void> = run(line)
      .catch((error: unknown) => failing.abort(error))
      .finally(() => open.delete(task));
    open.add(task);
  };

  try {
    for await (const line of openLines(database, batch.id)) {
      start(line);
      if (open.size >= lineConcurrency.max) await Promise.race(open);
      if (stop.aborted) break;
    }
  } finally {
    await Promise.all(open);
  }
  stop.throwIfAborted();
}

async function* openLines(database: Database, batchId: string): AsyncGenerator<number, void, void> {
  for (let after = 0; ;) {
    const { rows } = await database.query<{ line: number }>(
      `SELECT line FROM conversations.batch_lines
       WHERE batch_id = $1 AND line > $2 AND result IS NULL ORDER BY line LIMIT $3`,
      [batchId, after, pageLines],
    );
    for (const { line } of rows) yield line;
    after = rows.at(-1)?.line ?? after;
    if (rows.length < pageLines) return;
  }
}

async function readLine(database: Database, batchId: string, line: number): Promise<LineRequest | null> {
  const { rows } = await database.query<{ custom_id: string; body: string }>(
    `SELECT custom_id, body FROM conversations.batch_lines
     WHERE batch_id = $1 AND line = $2 AND result IS NULL`,
    [batchId, line],
  );
  const row = rows[0];
  return row === undefined ? null : { line, customId: row.custom_id, body: row.body };
}
