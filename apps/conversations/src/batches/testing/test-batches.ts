import assert from 'node:assert/strict';
import { defaultProjectLimits } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import { type DyingWorld, diesAtStep } from '@kumiki/postgres/testing';
import { createLog } from '@kumiki/service';
import { type BatchRunner, type BatchRunnerOptions, startBatchRunner } from '../batch-runner.ts';
import { createBatch, readBatch } from '../rows/batch-store.ts';
import type { BatchRow, BatchStatus } from '../rows/batch.ts';
import type { StandInGateway } from './stand-in-gateway.ts';

export const testCaller = { keyId: 'key_1', project: 'p1', limits: defaultProjectLimits, idempotencyKey: undefined };

export function createTestBatch(
  database: Database,
  gateway: StandInGateway,
  lines: readonly unknown[] | string,
  project: string = testCaller.project,
): Promise<BatchRow> {
  return createBatch(
    database,
    { ...testCaller, project },
    {
      input_file_id: gateway.addInput(lines),
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
    },
  );
}

/** The dependencies of a replica that dies before its n-th step. */
export function dyingReplica(
  real: { readonly database: Database; readonly gateway: StandInGateway },
  step: number,
): Omit<DyingWorld, 'calls'> & { readonly gateway: StandInGateway } {
  const { calls, ...world } = diesAtStep(real.database, step);
  return { ...world, gateway: calls(real.gateway, ['exchange', 'send', 'json']) };
}

/** A replica that polls often and has short leases. */
export function startTestRunner(
  options: Pick<BatchRunnerOptions, 'database' | 'gateway'> & Partial<BatchRunnerOptions>,
): BatchRunner & AsyncDisposable {
  const log = createLog({ service: 'test', level: 'silent' });
  const runner = startBatchRunner({ log, replica: 'r1', leaseMs: 600, pollMs: 30, retryMs: 5, ...options });
  return { ...runner, [Symbol.asyncDispose]: runner.close };
}

const ends: ReadonlySet<BatchStatus> = new Set(['completed', 'failed', 'expired', 'cancelled']);

export const hasEnded = ({ status }: BatchRow): boolean => ends.has(status);

/** Waits until a batch satisfies the condition; by default until it has ended. */
export async function untilBatch(
  database: Database,
  id: string,
  wanted: (batch: BatchRow) => boolean = hasEnded,
  project: string = testCaller.project,
): Promise<BatchRow> {
  const limitMs = 30_000;
  const end = performance.now() + limitMs;
  for (;;) {
    const batch = await readBatch(database, project, id);
    if (wanted(batch)) return batch;
    if (performance.now() > end) throw new Error(`after ${limitMs} ms the batch is still ${batch.status}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export interface ResultLine {
  readonly id: string;
  readonly custom_id: string;
  readonly response: { readonly status_code: number; readonly request_id: string; readonly body: unknown } | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** The lines of a result file; none when there is no file. */
export function resultLines(gateway: StandInGateway, fileId: string | null): ResultLine[] {
  if (fileId === null) return [];
  const text = gateway.files.get(fileId)?.text ?? '';
  assert.ok(text.endsWith('\n'));
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ResultLine);
}
