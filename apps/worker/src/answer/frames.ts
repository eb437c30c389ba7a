import { tokenCommentPrefix } from '@kumiki/api';
import type { AnswerDelta, FinishReason } from './answer.ts';

export interface AnswerUsage {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
}

/** What all events of one stream have in common. */
export interface FrameHead {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly fingerprint: string;
  /** Adds `"usage":null` to every event but the last, as `stream_options.include_usage` asks. */
  readonly usageAsked: boolean;
}

/**
 * Makes the events of one stream. The parts that are the same for every token are serialized once, so a token costs one
 * JSON string and a few concatenations.
 */
export interface Frames {
  /** The event that opens a choice; empty where the API has none. */
  begin(choice: number): string;
  /** @param tokenIds tokens since the last event of that choice; null when the reader did not ask for them. */
  delta(choice: number, delta: AnswerDelta, tokenIds: readonly number[] | null): string;
  /** @param delta text that was held back until the end; usually null. */
  finish(choice: number, reason: FinishReason, delta: AnswerDelta | null, tokenIds: readonly number[] | null): string;
  usage(usage: AnswerUsage): string;
}

export const doneFrame = 'data: [DONE]\n\n';
export const pingFrame = ': ping\n\n';

/** The line that names the tokens behind an event, in the same frame; empty when there are none. */
export function tokenComment(choice: number, tokenIds: readonly number[] | null): string {
  return tokenIds === null || tokenIds.length === 0 ? '' : `${tokenCommentPrefix}${choice} ${tokenIds.join(',')}\n`;
}

export function usageJson(usage: AnswerUsage): string {
  return (
    `{"prompt_tokens":${usage.promptTokens},"completion_tokens":${usage.completionTokens}` +
    `,"total_tokens":${usage.promptTokens + usage.completionTokens}` +
    `,"prompt_tokens_details":{"cached_tokens":${usage.cachedTokens},"audio_tokens":0}` +
    `,"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0` +
    `,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}`
  );
}
