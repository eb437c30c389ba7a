import { setTimeout as wait } from 'node:timers/promises';
import { headers, KumikiError } from '@kumiki/api';
import type { GatewayClient, GatewayReply } from '@kumiki/service';
import type { BatchRow } from '../rows/batch.ts';
import { batchLimits } from '../rows/limits.ts';
import type { Gate } from './gate.ts';
import { type Attempts, judgeReply } from './judge.ts';
import { brokenLine, type LineResult, repliedLine } from './result-line.ts';

/** A long answer without streaming sends nothing until it is complete. */
const silenceMs = 600_000;
/** Delay after the first failed attempt at a line; each further one doubles it. */
const brokenBaseMs = 250;

/** Status when the batch's key no longer exists, which applies to all lines. */
const credentialGone = 401;

export interface LineContext {
  readonly batch: BatchRow;
  readonly gateway: GatewayClient;
  readonly gate: Gate;
  readonly random: () => number;
}

export interface LineRequest {
  readonly line: number;
  readonly customId: string;
  readonly body: string;
}

type Reply =
  | { readonly status: number; readonly headers: GatewayReply['headers']; readonly body: unknown }
  | { readonly status: null; readonly unreachable: boolean; readonly error: { code: string; message: string } };

/**
 * Sends one line until it has a final result. Rejects only when the signal is aborted, or the batch's key is revoked.
 */
export async function runLine(context: LineContext, request: LineRequest, signal: AbortSignal): Promise<LineResult> {
  const { batch, gate, random } = context;
  const of = { batchId: batch.id, line: request.line, customId: request.customId };
  const before = { broken: 0, full: 0 };
  for (;;) {
    await gate.enter(signal);
    let reply: Reply;
    try {
      reply = await attempt(context, request, signal);
    } catch (error) {
      gate.leave('broken');
      throw error;
    }
    if (reply.status === credentialGone) {
      gate.leave('broken');
      throw new KumikiError('credential_revoked', { credential: 'key' });
    }
    const verdict = judgeOf(reply, before);
    if (verdict === 'full') gate.leave({ full: { retryAfterMs: retryAfterMs(reply) } });
    else gate.leave(verdict === 'broken' ? 'broken' : 'served');
    if (verdict === 'answered' || verdict === 'refused') {
      return reply.status === null
        ? brokenLine(of, reply.error)
        : repliedLine(of, { ...reply, requestId: requestIdOf(reply) }, verdict === 'refused');
    }
    before[verdict]++;
    if (verdict === 'broken') {
      await wait(brokenBaseMs * 2 ** (before.broken - 1) * (1 + random() / 4), undefined, { signal });
    }
  }
}

/** An unreachable gateway is treated like one without capacity. */
function judgeOf(reply: Reply, before: Attempts): ReturnType<typeof judgeReply> {
  if (reply.status === null) {
    if (reply.error.code === 'reply_too_large') return 'refused';
    return judgeReply(reply.unreachable ? 503 : null, undefined, before);
  }
  const shouldRetry = reply.headers[headers.shouldRetry];
  return judgeReply(reply.status, typeof shouldRetry === 'string' ? shouldRetry : undefined, before);
}

async function attempt(context: LineContext, request: LineRequest, signal: AbortSignal): Promise<Reply> {
  const { batch, gateway } = context;
  let reply: GatewayReply;
  try {
    reply = await gateway.exchange({
      method: 'POST',
      path: batch.endpoint,
      bytes: { contentType: 'application/json', data: Buffer.from(request.body) },
      keyId: batch.key_id,
      lowPriority: true,
      silenceMs,
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    return { status: null, unreachable: true, error: describe(error) };
  }
  try {
    const text = await readReply(reply);
    if (text === null) {
      const message = `The answer has more than ${batchLimits.replyBytes} bytes.`;
      return { status: null, unreachable: false, error: { code: 'reply_too_large', message } };
    }
    return { status: reply.status, headers: reply.headers, body: JSON.parse(text) as unknown };
  } catch (error) {
    signal.throwIfAborted();
    return { status: null, unreachable: false, error: describe(error) };
  }
}

/** null when it is too large to store. */
async function readReply({ body }: GatewayReply): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > batchLimits.replyBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function describe(error: unknown): { code: string; message: string } {
  return error instanceof KumikiError
    ? { code: error.code, message: error.message }
    : { code: 'upstream_error', message: 'The answer broke off.' };
}

function requestIdOf(reply: Extract<Reply, { status: number }>): string {
  const id = reply.headers[headers.requestId];
  return typeof id === 'string' ? id : '';
}

function retryAfterMs(reply: Reply): number {
  if (reply.status === null) return 0;
  const exact = Number(reply.headers[headers.retryAfterMs] ?? Number.NaN);
  const asked = Number.isFinite(exact) ? exact : Number(reply.headers[headers.retryAfter] ?? 0) * 1_000;
  return Number.isFinite(asked) ? Math.max(0, asked) : 0;
}
