import { KumikiError } from '@kumiki/api';
import { judgePoison } from '@kumiki/policy';
import type { Database } from '@kumiki/postgres';
import type { GatewayClient } from '@kumiki/service';
import { validateInput } from './input/validate-input.ts';
import type { RecordedLines } from './lines/record-results.ts';
import { type RunContext, runLines } from './lines/run-lines.ts';
import { hasResults } from './output/read-results.ts';
import { uploadResults } from './output/upload-results.ts';
import { beginProgress, endBatch, failBatch, nameFile, sealResults } from './rows/batch-steps.ts';
import type { BatchError, BatchRow, Outcome } from './rows/batch.ts';

/** A batch whose result files are refused for this time (24 h) ends as failed, since its key may have been deleted. */
const refusedUploadLimitMs = 86_400_000;

export interface DriveContext {
  readonly database: Database;
  readonly gateway: GatewayClient;
  readonly random: () => number;
  readonly onRecorded: (lines: RecordedLines) => void;
  /** Shared by all batches of this process; see RunContext. */
  readonly oneSuspect: RunContext['oneSuspect'];
  readonly lineBytes: RunContext['lineBytes'];
}

/** Why a batch stops before all its lines have run. */
export class StopWork extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super(`the batch is ${outcome}`);
    this.name = 'StopWork';
    this.outcome = outcome;
  }
}

/**
 * Takes a batch from its current step to its end. Every step is written under its lease before the next begins, so that
 * another driver can continue from there. Rejects when a step fails for now, or when `life` is aborted.
 * @param work is aborted with StopWork when the batch expires or is cancelled; recorded results are kept.
 */
export async function driveBatch(
  context: DriveContext,
  claimed: BatchRow,
  { life, work }: { readonly life: AbortSignal; readonly work: AbortSignal },
): Promise<void> {
  const { database } = context;
  let batch = claimed;
  if (batch.outcome === null) {
    const outcome = await untilStopped(work, async () => {
      if (batch.status === 'validating') batch = await judgeAndValidate(context, batch, work);
      if (batch.status === 'in_progress') batch = await run(context, batch, work);
      return batch.status === 'cancelling' ? 'cancelled' : 'completed';
    });
    if (batch.status === 'failed') return;
    batch = await sealResults(database, batch, outcome);
  }
  for (const file of ['output', 'error'] as const) {
    const known = file === 'output' ? batch.output_file_id : batch.error_file_id;
    if (known !== null || !(await hasResults(database, batch, file))) continue;
    const id = await storeFile(context, batch, file, life);
    if (id === null) return;
    batch = await nameFile(database, batch, file, id);
  }
  await endBatch(database, batch);
}

/** The outcome of the work, or why it was stopped. */
async function untilStopped(work: AbortSignal, run: () => Promise<Outcome>): Promise<Outcome> {
  try {
    work.throwIfAborted();
    return await run();
  } catch (error) {
    if (work.aborted && work.reason instanceof StopWork) return work.reason.outcome;
    throw error;
  }
}

async function run(context: DriveContext, batch: BatchRow, work: AbortSignal): Promise<BatchRow> {
  try {
    await runLines({ ...context, batch }, work);
    return batch;
  } catch (error) {
    work.throwIfAborted();
    if (!(error instanceof KumikiError) || error.code !== 'credential_revoked') throw error;
    return failBatch(context.database, batch, [refusal(error, null)]);
  }
}

/** An input file that has killed or hung every process that read it is not read again. */
async function judgeAndValidate(context: DriveContext, batch: BatchRow, work: AbortSignal): Promise<BatchRow> {
  const verdict = judgePoison({ lost: Math.max(batch.claims - 1, 0), shared: 0 });
  switch (verdict.kind) {
    case 'try':
      return validate(context, batch, work);
    case 'try_alone':
      return context.oneSuspect(() => validate(context, batch, work));
    case 'refuse': {
      const details = { what: 'The input file', claims: verdict.claims, size: 'what cannot be read' };
      const error = new KumikiError('poisonous_request', details, { param: 'input_file_id' });
      return failBatch(context.database, batch, [refusal(error, 'input_file_id')]);
    }
  }
}

async function validate(context: DriveContext, batch: BatchRow, work: AbortSignal): Promise<BatchRow> {
  const { database, gateway } = context;
  const path = `/v1/files/${encodeURIComponent(batch.input_file_id)}/content`;
  try {
    const { body } = await gateway.send({ method: 'GET', path, keyId: batch.key_id, lowPriority: true, signal: work });
    const input = await validateInput(database, batch, batch.endpoint, body);
    return await (input.ok ? beginProgress(database, batch, input) : failBatch(database, batch, input.errors));
  } catch (error) {
    work.throwIfAborted();
    if (!isFinal(error)) throw error;
    return failBatch(database, batch, [refusal(error, 'input_file_id')]);
  }
}

/** The id of the stored file; null when the file was refused until the batch failed. */
async function storeFile(
  context: DriveContext,
  batch: BatchRow,
  file: 'output' | 'error',
  life: AbortSignal,
): Promise<string | null> {
  try {
    return await uploadResults({ ...context, batch }, file, life);
  } catch (error) {
    life.throwIfAborted();
    const since = batch.finalizing_at ?? batch.cancelling_at ?? batch.created_at;
    if (!isFinal(error) || Date.now() - since.getTime() < refusedUploadLimitMs) throw error;
    await failBatch(context.database, batch, [refusal(error, null)]);
    return null;
  }
}

/** Whether the same call would be refused again. */
function isFinal(error: unknown): error is KumikiError {
  return error instanceof KumikiError && error.status < 500 && error.status !== 408 && error.status !== 429;
}

function refusal(error: KumikiError, param: string | null): BatchError {
  return { code: error.code, message: error.message, param, line: null };
}
