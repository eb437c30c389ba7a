import type { GenerateEnd, SampledToken } from '../engine.ts';
import type { SamplerPlan } from './sampler-config.ts';

/**
 * Tokens that an answer may be ahead of its reader: enough that the engine never waits for a reader that keeps up, and
 * few, since they are thrown away when the reader stops.
 */
export const aheadLimitTokens = 16;

/** One answer under way, shared by the decode loop, which fills it, and its reader. */
export interface Answer {
  readonly tenant: string;
  /** Prompt and resumed tokens. */
  readonly context: Uint32Array;
  readonly promptTokens: number;
  readonly maxTokens: number;
  readonly sampler: SamplerPlan;
  readonly topLogprobs: number | null;
  readonly onPrefill: ((cachedTokens: number) => void) | undefined;
  /** Every token of the answer so far, resumed ones included; the first `generated` entries count. */
  history: Uint32Array;
  generated: number;
  /** Tokens to evaluate next. Empty once the answer has ended. */
  pending: Uint32Array;
  prefilled: boolean;
  /** Prompt tokens whose state was already cached; known once a slot is assigned. */
  cachedTokens: number;
  /** Null until a slot is assigned, and after it is freed. */
  slot: number | null;
  readonly queue: SampledToken[];
  end: GenerateEnd | null;
  failure: Error | null;
  /** The reader that waits for a change. */
  wake: (() => void) | null;
}

export function appendToken(answer: Answer, token: number): void {
  if (answer.generated === answer.history.length) {
    const grown = new Uint32Array(Math.max(64, answer.history.length * 2));
    grown.set(answer.history);
    answer.history = grown;
  }
  answer.history[answer.generated++] = token;
}

export function notify(answer: Answer): void {
  const { wake } = answer;
  answer.wake = null;
  wake?.();
}

/** Ends an answer once; later ends change nothing. */
export function endAnswer(answer: Answer, end: GenerateEnd): void {
  answer.end ??= end;
  notify(answer);
}
