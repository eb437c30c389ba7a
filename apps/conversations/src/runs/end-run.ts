import { type KumikiError, toKumikiError } from '@kumiki/api';
import type { ResponseErrorCode } from '../answer/response-object.ts';
import { type Answering, Parked, rewind, RunFailure, type StopReason } from './answering.ts';
import { codeOfEnd } from './code-of-end.ts';

/**
 * How a drive ended. `left`: another driver continues. `refused`: the run was discarded, and the client gets the error.
 */
export type DriveResult =
  | { readonly kind: 'ended' | 'left' }
  /** No model has capacity; retry after this time. */
  | { readonly kind: 'parked'; readonly afterMs: number }
  | { readonly kind: 'refused'; readonly error: KumikiError };

/** Ends a run whose answer is complete. */
export function completeRun(answering: Answering): Promise<DriveResult> {
  const { machine, options } = answering;
  machine.complete(Math.max(Math.floor(Date.now() / 1_000), options.run.response.created_at));
  return finish(answering);
}

/** Ends this driver's work on a run with an incomplete answer, after an error or a stop. */
export async function stopRun(answering: Answering, error: unknown): Promise<DriveResult> {
  const { options, writer } = answering;
  const reason = options.stop.aborted ? (options.stop.reason as StopReason) : null;
  if (reason === 'cancel') return endCancelled(answering);
  if (reason !== null || writer.state() === 'lost') {
    if (reason === 'release') await writer.flush();
    return { kind: 'left' };
  }
  if (error instanceof Parked) {
    await writer.flush();
    return writer.state() === 'open' ? { kind: 'parked', afterMs: error.afterMs } : { kind: 'left' };
  }
  return endFailed(answering, error);
}

async function endFailed(answering: Answering, error: unknown): Promise<DriveResult> {
  const { options, writer } = answering;
  const known = toKumikiError(error);
  if (known.code === 'internal_error' && !(error instanceof RunFailure)) {
    options.log.error({ err: error, response: options.run.id }, 'run failed');
  }
  if (!answering.begun && options.mayRefuse()) {
    await writer.abandon();
    await options.journal.discard();
    return { kind: 'refused', error: known };
  }
  // An end that could not be stored is not part of the log.
  await rewind(answering);
  const { code, message } = error instanceof RunFailure ? error : { code: codeOf(known), message: known.message };
  answering.machine.fail(code, message);
  return finish(answering);
}

/** Ends the run as cancelled, and keeps what is stored and what this driver has read. */
async function endCancelled(answering: Answering): Promise<DriveResult> {
  await rewind(answering);
  answering.machine.cancel();
  return resultOf(await answering.writer.finish());
}

async function finish(answering: Answering): Promise<DriveResult> {
  const state = await answering.writer.finish();
  return state === 'cancelled' ? endCancelled(answering) : resultOf(state);
}

function resultOf(state: 'open' | 'lost' | 'cancelled'): DriveResult {
  return { kind: state === 'open' ? 'ended' : 'left' };
}

function codeOf(error: KumikiError): ResponseErrorCode {
  const end = codeOfEnd(error.code);
  if (end !== null) return end;
  if (error.status === 429) return 'rate_limit_exceeded';
  return error.status < 500 ? 'invalid_prompt' : 'server_error';
}
