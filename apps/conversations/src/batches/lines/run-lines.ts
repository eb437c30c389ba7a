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

/** Concurrent lines of one batch: enough to use a replica's batching beside other requests. */
const lineConcurrency: ConcurrencyPolicy = { initial: 4, max: 16, basePauseMs: 500, maxPauseMs: 60_000 };

export interface RunContext {
  readonly database: Database;
  readonly gateway: GatewayClient;
  readonly batch: BatchRow;
  readonly random: () => number;
  /** Called with results when they are durable. */
  readonly onRecorded: (lines: RecordedLines) => void;
  /** Shared by all batches of this process, so that it runs one suspect at a time. */
  readonly oneSuspect: OneAtATime;
  /** Memory of the lines of all batches of this process. */
  readonly lineBytes: ByteBudget;
}

/**
 * Runs every line that has no result yet. Lines whose driver died or hung come first and run one at a time. Resolves
 * when all lines have a result. Rejects when the signal is aborted; recorded results are kept.
 */
export async function runLines(context: RunContext, signal: AbortSignal): Promise<void> {
  const { database, batch } = context;
  const failing = new AbortController();
  const stop = AbortSignal.any([signal, failing.signal]);
  const gate = createGate({ policy: lineConcurrency, now: () => performance.now(), random: context.random });
  const record = createRecorder(database, batch, stop, context.onRecorded);
  const open = new Set<Promise<void>>();
  /** Lines whose claim must be uncounted if they get no result here. */
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

/** When its turn comes, the batch may no longer be driven here. */
async function ifOpen(stop: AbortSignal, run: (line: number) => Promise<void>, line: number): Promise<void> {
  stop.throwIfAborted();
  await run(line);
}
