import { type ConcurrencyPolicy, judgePoison } from '@kumiki/policy';
import type { Database } from '@kumiki/postgres';
import type { GatewayClient } from '@kumiki/service';
import type { ByteBudget } from '../../runs/byte-budget.ts';
import type { BatchRow } from '../rows/batch.ts';
import { createGate } from './gate.ts';
import { claimLine, openLines, poisonousLine, unclaimLines } from './line-rows.ts';
import type { OneAtATime } from './one-at-a-time.ts';
import { createRecorder, type RecordedLines } from './record-results.ts';
import type { LineResult } from './result-line.ts';
import { runLine } from './run-line.ts';

/** Lines of one batch that run at once: enough to fill a replica's batch beside others. */
const lineConcurrency: ConcurrencyPolicy = { initial: 4, max: 16, basePauseMs: 500, maxPauseMs: 60_000 };

export interface RunContext {
  readonly database: Database;
  readonly gateway: GatewayClient;
  readonly batch: BatchRow;
  readonly random: () => number;
  /** Told of results once they are durable. */
  readonly onRecorded: (lines: RecordedLines) => void;
  /** Of all that is under suspicion in this process, whichever batch it is of. */
  readonly oneSuspect: OneAtATime;
  /** Bytes of lines that all batches of this process have in memory. */
  readonly lineBytes: ByteBudget;
}

/**
 * Runs every line that has no result yet: first, and one after the other, those that a driver has died or fallen silent
 * with. Resolves when all have one; rejects when the signal is aborted, with what was recorded until then kept.
 */
export async function runLines(context: RunContext, signal: AbortSignal): Promise<void> {
  const { database, batch } = context;
  const failing = new AbortController();
  const stop = AbortSignal.any([signal, failing.signal]);
  const gate = createGate({ policy: lineConcurrency, now: () => performance.now(), random: context.random });
  const record = createRecorder(database, batch, stop, context.onRecorded);
  const open = new Set<Promise<void>>();
  /** Lines whose claim is to be taken back should they come to nothing here. */
  const claimed = new Set<number>();

  const run = async (line: number): Promise<void> => {
    const result = await resultOf(line);
    if (result !== null) await record(result);
    claimed.delete(line);
  };
  const resultOf = async (line: number): Promise<LineResult | null> => {
    const request = await claimLine(database, batch, line);
    if (request === null) return null;
    claimed.add(line);
    const verdict = judgePoison({ lost: request.lost, shared: 0 });
    if (verdict.kind === 'refuse') return poisonousLine(batch.id, request, verdict.claims);
    const loan = await context.lineBytes.borrow(batch.project, request.bytes, stop);
    try {
      return await runLine({ ...context, gate }, request, stop);
    } finally {
      loan.giveBack();
    }
  };
  const start = (line: number): void => {
    const task: Promise<void> = run(line)
      .catch((error: unknown) => failing.abort(error))
      .finally(() => open.delete(task));
    open.add(task);
  };

  try {
    for await (const line of openLines(database, batch.id, true))
      await context.oneSuspect(() => ifOpen(stop, run, line));
    for await (const line of openLines(database, batch.id, false)) {
      start(line);
      if (open.size >= lineConcurrency.max) await Promise.race(open);
      if (stop.aborted) break;
    }
  } finally {
    await Promise.all(open);
    await unclaimLines(database, batch, [...claimed]).catch(() => {});
  }
  stop.throwIfAborted();
}

/** Its turn may come when the batch is no longer driven here. */
async function ifOpen(stop: AbortSignal, run: (line: number) => Promise<void>, line: number): Promise<void> {
  stop.throwIfAborted();
  await run(line);
}
