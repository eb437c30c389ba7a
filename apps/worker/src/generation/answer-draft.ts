import type { Continuation } from '@kumiki/api';
import type { TextPiece } from '../engine/prompting.ts';
import type { AnswerPlan } from './answer-plan.ts';

/**
 * A request for answers, read and checked, with its prompts as text: everything that can be decided without the engine.
 * It can be copied between threads.
 */
export interface AnswerDraft extends Pick<AnswerPlan, 'sampling' | 'stops' | 'tools' | 'grammar' | 'topLogprobs'> {
  readonly id: string;
  /** Unix seconds. */
  readonly created: number;
  readonly stream: boolean;
  readonly usageAsked: boolean;
  readonly prompts: readonly PromptDraft[];
  /** The field of the request that contains the prompts. */
  readonly promptParam: 'messages' | 'prompt';
  /** Most tokens of each answer; null for as many as fit into the context. */
  readonly maxTokens: number | null;
  /** Choices of each prompt. */
  readonly choices: number;
  readonly seed: number;
  readonly continuation: Continuation | null;
  /** Whether each answer begins with its prompt. */
  readonly echo: boolean;
}

export type PromptDraft =
  | {
      readonly kind: 'text';
      readonly pieces: readonly TextPiece[];
      /** Whether to prepend the tokens that the model expects before every prompt. */
      readonly begins: boolean;
    }
  | { readonly kind: 'tokens'; readonly tokens: readonly number[] };
