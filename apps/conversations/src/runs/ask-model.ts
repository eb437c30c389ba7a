import { type ErrorCode, headers, KumikiError } from '@kumiki/api';
import { createFrameSplitter } from '@kumiki/openai';
import type { GatewayClient, GatewayReply } from '@kumiki/service';
import type { ChatBody } from '../prompt/build-chat.ts';
import { type ReadFrame, readFrame } from './rebuild.ts';
import type { RunRecord } from './run.ts';

/** The gateway ends stalled streams itself. It counts as gone only when it is silent for longer than that takes. */
const modelSilenceMs = 180_000;

const decoder = new TextDecoder();

export interface ModelAnswer {
  readonly revision: string | null;
  /** Each frame with its original text, token ids included. Ends with `done`, or earlier when the stream breaks. */
  readonly frames: AsyncIterable<{ readonly text: string; readonly read: ReadFrame }>;
}

/** What the gateway needs to continue an answer whose reader is gone. */
export interface Resume {
  readonly revision: string | null;
  readonly frames: string;
}

/** Requests an answer, or the rest of one. Throws KumikiError when it is refused. */
export async function askModel(
  gateway: GatewayClient,
  run: Pick<RunRecord, 'keyId' | 'lowPriority' | 'traceparent'>,
  chat: ChatBody,
  resume: Resume | null,
  signal: AbortSignal,
): Promise<ModelAnswer> {
  const reply = await gateway.send({
    method: 'POST',
    path: '/v1/chat/completions',
    body: resume === null ? chat : { ...chat, kumiki_resume: resume },
    keyId: run.keyId,
    traceparent: run.traceparent,
    lowPriority: run.lowPriority === true && resume === null,
    tokenIds: true,
    silenceMs: modelSilenceMs,
    signal,
  });
  const revision = reply.headers[headers.revision];
  return { revision: typeof revision === 'string' ? revision : null, frames: readFrames(reply) };
}

async function* readFrames(reply: GatewayReply): AsyncGenerator<{ text: string; read: ReadFrame }> {
  const splitter = createFrameSplitter();
  try {
    for await (const chunk of reply.body) {
      const frames = splitter.push(chunk as Uint8Array);
      if (frames === 'frame_too_large') return;
      for (const frame of frames) yield { text: decoder.decode(frame), read: readFrame(frame) };
    }
  } catch {
    // A broken connection ends the frames without `done`; the reader then requests the rest.
  }
}

/**
 * Refusals because something is busy or unavailable. A refusal because the answer itself failed is not among them,
 * since it would fail again.
 */
const passing: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'rate_limit_exceeded',
  'too_many_concurrent_requests',
  'queue_full',
  'overloaded',
  'no_replica_available',
  'service_unavailable',
  'upstream_timeout',
  'upstream_error',
  'draining',
]);

/** Whether the same request may pass later. */
export function mayPassLater(error: unknown): error is KumikiError {
  return error instanceof KumikiError && passing.has(error.code);
}

/** Whether the key's own rate limit was the cause. */
export function isKeyLimit(error: unknown): boolean {
  if (!(error instanceof KumikiError)) return false;
  return error.code === 'rate_limit_exceeded' || error.code === 'too_many_concurrent_requests';
}
