import type { Grammar, GrammarSpec } from './grammar.ts';

/**
 * The part of an engine that is plain JavaScript: it turns a conversation into text and a schema into a grammar. Any
 * thread with the {@link PromptingSpec} can do it, so that a large request delays no stream.
 */
export interface Prompting {
  /**
   * A conversation as text, by the model's own template. Control tokens come only from the template: a `<|im_start|>`
   * inside a message is a piece of plain text, so that a user cannot write as the system. Throws KumikiError
   * `invalid_value`.
   */
  render(input: ChatTemplateInput): readonly TextPiece[];
  /** The grammar in the engine's form. Throws KumikiError `invalid_value` when the engine cannot follow it. */
  compileGrammar(spec: GrammarSpec): Grammar;
}

/** Describes a {@link Prompting} that another thread can make; can be copied between threads. */
export type PromptingSpec =
  | { readonly kind: 'template'; readonly template: ChatTemplateSpec }
  | { readonly kind: 'simulated' }
  /** Of a model that only makes embeddings. */
  | { readonly kind: 'none' };

export interface ChatTemplateSpec {
  /** The model's own jinja template; null for a model without one, which gets ChatML. */
  readonly source: string | null;
  readonly bosText: string;
  readonly eosText: string;
  /** Texts of the model's control tokens. */
  readonly controlTexts: readonly string[];
}

export interface TextPiece {
  readonly text: string;
  /** Whether texts of control tokens in it stay text. */
  readonly plain: boolean;
}

export interface ChatTemplateInput {
  /** Messages in the OpenAI shape, contents flattened to text. */
  readonly messages: readonly TemplateMessage[];
  readonly tools: readonly unknown[] | null;
  /** False to end inside the last assistant message, which the answer then continues. */
  readonly addGenerationPrompt: boolean;
  readonly continueFinalMessage: boolean;
}

export interface TemplateMessage {
  readonly role: string;
  readonly content: string;
  readonly name?: string;
  readonly tool_calls?: readonly {
    readonly id: string;
    readonly type: 'function';
    readonly function: { readonly name: string; readonly arguments: unknown };
  }[];
  readonly tool_call_id?: string;
}
