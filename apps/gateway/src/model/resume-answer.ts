import { KumikiError, resumeKey, resumeSchema, tokensForgottenFrame, type Resume } from '@kumiki/api';
import { createFrameSplitter, isDone, usageOf, type Usage } from '@kumiki/openai';
import { z } from 'zod';
import type { ScannedRequest } from '../body/scan-request.ts';
import type { ModelPath } from './exchange.ts';
import type { Recording } from './recording.ts';
import { eventOf } from './relay-frames.ts';

const forgotten = Buffer.from(tokensForgottenFrame);

/** Removes the resume member from a service's body and returns both. Throws KumikiError when it is invalid. */
export function takeResume(
  body: Buffer,
  path: ModelPath,
  scanned: ScannedRequest,
): { readonly body: Buffer; readonly resume: Resume } {
  if (path !== '/v1/chat/completions' || !scanned.stream) throw invalid('only a streamed chat completion can go on');
  let request: Record<string, unknown>;
  try {
    request = JSON.parse(body.toString()) as Record<string, unknown>;
  } catch {
    throw new KumikiError('invalid_json', { reason: 'it cannot be parsed' });
  }
  const { [resumeKey]: member, ...rest } = request;
  const result = resumeSchema.safeParse(member);
  if (!result.success) throw invalid(z.prettifyError(result.error));
  return { body: Buffer.from(JSON.stringify(rest)), resume: result.data };
}

export interface Seeded {
  /** Events that the reader has. */
  readonly events: number;
  /** Usage of the last event that has one. */
  readonly usage: Usage | null;
}

/** Records the part of an answer that the reader has. Throws KumikiError when no replica could continue from it. */
export function seedRecording(recording: Recording, { revision, frames }: Resume): Seeded {
  const splitter = createFrameSplitter();
  const split = splitter.push(Buffer.from(frames));
  if (split === 'frame_too_large') throw invalid('a frame is too large');
  if (splitter.pendingBytes() > 0) throw invalid('the last frame is not whole');
  let tokensKnown = revision !== null;
  let events = 0;
  let usage: Usage | null = null;
  for (const frame of split) {
    if (forgotten.equals(frame)) tokensKnown = false;
    const event = eventOf(frame);
    if (event === null || isDone(event)) continue;
    recording.add(frame);
    events++;
    usage = usageOf(event) ?? usage;
  }
  if (!tokensKnown) recording.forgetTokens();
  if (events > 0 && recording.read() === null) throw invalid('the frames are no chat completion, or too long a one');
  return { events, usage };
}

function invalid(reason: string): KumikiError {
  return new KumikiError('invalid_value', { param: resumeKey, reason });
}
