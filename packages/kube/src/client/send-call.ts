import { type BackoffPolicy, backoffDelayMs, waitMs } from './backoff.ts';
import { judgeRetry } from './judge-retry.ts';
import { type KubeResult, localFailure } from './kube-result.ts';
import { readBody } from './read-body.ts';
import { readFailure } from './read-failure.ts';
import { type Call, DeadlineError, type Transport, interrupted } from './transport.ts';

/** An object has at most 1.5 MiB in etcd, where it may be stored more densely than as JSON. */
export const maxObjectBytes = 8_388_608;
/** A Status, or a proxy's page of an error. */
const maxFailureBytes = 1_048_576;
/** One call with all its tries. An admission webhook may take 30 s. */
const callDeadlineMs = 45_000;

export interface SendOptions {
  readonly signal?: AbortSignal;
  readonly deadlineMs?: number;
  readonly limitBytes?: number;
}

export interface Sender {
  readonly transport: Transport;
  readonly backoff: BackoffPolicy;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** Sends a call and reads its reply as JSON, with retries, within one deadline. */
export async function sendCall<Value>(
  { transport, backoff, random }: Sender,
  call: Call,
  options: SendOptions,
): Promise<KubeResult<Value>> {
  const limitBytes = options.limitBytes ?? maxObjectBytes;
  return withDeadline(options.deadlineMs ?? callDeadlineMs, options.signal, async (signal) => {
    let reloaded = false;
    for (let tries = 1; ; tries += 1) {
      const result = await tryOnce<Value>(transport, call, signal, limitBytes);
      if (result.outcome === 'ok' || signal.aborted) return result;
      const verdict = judgeRetry({ failure: result, tries, repeatable: call.method !== 'POST', reloaded });
      if (verdict === 'give_up') return result;
      if (verdict === 'reload_credentials') {
        reloaded = true;
        transport.reload();
      } else {
        await waitMs(backoffDelayMs(tries, random(), backoff, result.retryAfterMs), signal);
        if (signal.aborted) return result;
      }
    }
  });
}

async function tryOnce<Value>(
  transport: Transport,
  call: Call,
  signal: AbortSignal,
  limitBytes: number,
): Promise<KubeResult<Value>> {
  const reply = await transport.send(call, signal);
  if (reply.outcome !== 'reply') return reply;
  const { status, retryAfter, body } = reply;
  const fine = status >= 200 && status < 300;
  let text: string | null;
  try {
    text = await readBody(body, fine ? limitBytes : maxFailureBytes);
  } catch (error) {
    return signal.aborted
      ? interrupted(signal, true)
      : localFailure('unavailable', `the reply broke off: ${String(error)}`, true);
  }
  if (!fine) return readFailure(status, retryAfter, text ?? '');
  if (text === null) return localFailure('too_large', `the reply has more than ${limitBytes} bytes`, true);
  try {
    return { outcome: 'ok', value: JSON.parse(text) as Value };
  } catch {
    return localFailure('unavailable', `the reply is no JSON: ${text.slice(0, 80)}`, true);
  }
}

/** Runs with a signal that aborts after a time, or with the caller's signal. */
async function withDeadline<Value>(
  deadlineMs: number,
  outer: AbortSignal | undefined,
  run: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const controller = new AbortController();
  const onAbort = (): void => controller.abort(outer?.reason);
  if (outer?.aborted === true) onAbort();
  outer?.addEventListener('abort', onAbort, { once: true });
  const end = (): void => controller.abort(new DeadlineError(`no whole reply within ${deadlineMs} ms`));
  const timer = setTimeout(end, deadlineMs);
  try {
    return await run(controller.signal);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', onAbort);
  }
}
