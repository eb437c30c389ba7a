import type { SamplingOptions } from '../engine/engine.ts';
import type { Grammar } from '../engine/grammar.ts';

/** Everything that is decided about a request before its reply begins. */
export interface AnswerPlan {
  readonly choices: readonly ChoicePlan[];
  /** Most tokens of each choice. */
  readonly maxTokens: number;
  readonly sampling: Omit<SamplingOptions, 'seed'>;
  readonly stops: readonly string[];
  readonly tools: { readonly names: ReadonlySet<string>; readonly maxCalls: number } | null;
  readonly grammar: Grammar | null;
  readonly topLogprobs: number | null;
  /** Tokens of all prompts, each counted once. */
  readonly promptTokens: number;
}

export interface ChoicePlan {
  readonly index: number;
  readonly prompt: readonly number[];
  readonly seed: number;
  /** Tokens that another worker sampled for this choice. */
  readonly resume: readonly number[];
  /** The client already has the choice's beginning (its role). */
  readonly begun: boolean;
  /** The client has all of it: nothing is generated. */
  readonly finished: boolean;
}
