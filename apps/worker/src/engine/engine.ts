import type { JsonSchema } from './grammar.ts';

/**
 * What serves a model inside a worker. An engine turns tokens into tokens (or vectors) and knows nothing of HTTP,
 * stop strings, tool calls or streams of text: those are made once, above it, for all engines.
 */
export interface Engine {
  readonly kind: 'llama' | 'simulated';
  readonly model: EngineModel;
  /** Token ids of a text. `special` lets control tokens in the text (`<|im_start|>`) become single tokens. */
  tokenize(text: string, special: boolean): number[];
  /** The bytes that a token stands for; empty for control tokens. One token may be part of a character. */
  tokenBytes(token: number): Uint8Array;
  /** The prompt text of a conversation, by the model's own template. Throws KumikiError `invalid_value`. */
  renderChat(input: ChatTemplateInput): string;
  /**
   * The prompt's tokens: what {@link Engine.renderChat} renders, with control tokens taken from the template alone.
   * A `<|im_start|>` inside a message stays text, so that a user cannot speak as the system.
   */
  renderChatTokens(input: ChatTemplateInput): number[];
  /** Throws KumikiError `invalid_value` when {@link Engine.generate} could not follow the grammar. Absent: it finds out there. */
  checkGrammar?(grammar: GrammarSpec): void;
  /**
   * Samples until the end-of-generation token, the limit, or the abort. The caller holds a sequence (see
   * {@link EngineModel.maxSequences}); the engine never queues.
   */
  generate(request: GenerateRequest): AsyncGenerator<SampledToken, GenerateEnd, void>;
  /** One vector of {@link EngineModel.embeddingDimensions} numbers per input, L2-normalised. */
  embed(tokens: readonly number[], signal: AbortSignal): Promise<Float32Array>;
  stats(): EngineStats;
  close(): Promise<void>;
}

export interface EngineModel {
  /** Most tokens of prompt and answer together. */
  readonly contextTokens: number;
  readonly maxSequences: number;
  /** null when the model makes no embeddings. */
  readonly embeddingDimensions: number | null;
  readonly canChat: boolean;
  /** Names the weights and the settings that change what they say; the same for equal replicas. */
  readonly fingerprint: string;
  readonly parameters: number | null;
  readonly memoryBytes: number | null;
}

export interface ChatTemplateInput {
  /** Messages in the OpenAI shape, contents flattened to text. */
  readonly messages: readonly TemplateMessage[];
  readonly tools: readonly unknown[] | null;
  /** False to end inside the last assistant message, which is then continued. */
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

export interface SamplingOptions {
  /** 0 is greedy. */
  readonly temperature: number;
  readonly topP: number;
  readonly topK: number;
  readonly minP: number;
  /** Each token's randomness depends on this and on the token's position alone, so that a continued answer is the same one. */
  readonly seed: number;
  readonly frequencyPenalty: number;
  readonly presencePenalty: number;
  readonly logitBias: ReadonlyMap<number, number>;
}

/** What the answer must look like. */
export type GrammarSpec =
  | { readonly kind: 'json' }
  | { readonly kind: 'json-schema'; readonly schema: JsonSchema }
  /** Fixed text, then JSON of the schema, then fixed text: a tool call. */
  | {
      readonly kind: 'wrapped-json-schema';
      readonly before: string;
      readonly schema: JsonSchema;
      readonly after: string;
    };

export interface GenerateRequest {
  readonly prompt: readonly number[];
  /** Tokens that were sampled before for this very answer; they count as generated and are not yielded again. */
  readonly resume: readonly number[];
  /** Most tokens of the answer, those of `resume` included. */
  readonly maxTokens: number;
  readonly sampling: SamplingOptions;
  readonly grammar: GrammarSpec | null;
  /** null: no log-probabilities. 0 to 20: that many alternatives with each token. */
  readonly topLogprobs: number | null;
  readonly signal: AbortSignal;
  /** Called once the prompt is evaluated, with how many of its tokens came from the prefix cache. */
  readonly onPrefill?: (cachedTokens: number) => void;
}

export interface SampledToken {
  readonly token: number;
  /** Natural logarithm of the token's probability before temperature and cut-offs; null when not asked for. */
  readonly logprob: number | null;
  readonly top: readonly { readonly token: number; readonly logprob: number }[];
}

export type GenerateEnd = 'stop' | 'length' | 'aborted';

export interface EngineStats {
  /** 0 to 1. */
  readonly kvCacheUsage: number;
  /** The same in tokens; null for an engine without such a cache. */
  readonly kvCache: { readonly usedTokens: number; readonly totalTokens: number } | null;
  /** Milliseconds on the monotonic clock when the engine last finished a step of work. */
  readonly lastProgressAt: number;
  readonly prefixCacheQueriesTotal: number;
  readonly prefixCacheHitsTotal: number;
}
