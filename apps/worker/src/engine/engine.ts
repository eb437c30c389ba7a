import type { Grammar } from './grammar.ts';
import type { Prompting, PromptingSpec, TextPiece } from './prompting.ts';

/**
 * Runs a model inside a worker. An engine turns tokens into tokens (or vectors). HTTP, stop strings, tool calls and
 * streams of text are implemented above it, once for all engines.
 */
export interface Engine {
  readonly kind: 'llama' | 'simulated';
  readonly model: EngineModel;
  /** Token ids of a text. `special` lets control tokens in the text (`<|im_start|>`) become single tokens. */
  tokenize(text: string, special: boolean): number[];
  /** The bytes that a token stands for; empty for control tokens. One token may be part of a character. */
  tokenBytes(token: number): Uint8Array;
  readonly prompting: Prompting;
  /** Makes the same {@link Engine.prompting} in another thread. */
  readonly promptingSpec: PromptingSpec;
  /**
   * Tokens of rendered pieces, some thousand characters at each step, so that other requests can run between steps.
   * Ends early when there are far more tokens than the context holds.
   * @param begins whether to prepend the tokens that the model expects before every prompt.
   */
  tokenizePieces(pieces: readonly TextPiece[], begins: boolean): Generator<void, number[], void>;
  /**
   * Throws KumikiError `invalid_value` when {@link Engine.generate} cannot follow the grammar. Absent when it can
   * follow any.
   */
  checkGrammar?(grammar: Grammar): void;
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
  /** The most bytes of a text that one token stands for. */
  readonly longestTokenBytes: number;
  /** null when the model makes no embeddings. */
  readonly embeddingDimensions: number | null;
  readonly canChat: boolean;
  /** Identifies the weights and the settings that affect answers; the same for equal replicas. */
  readonly fingerprint: string;
  readonly parameters: number | null;
  readonly memoryBytes: number | null;
}

export interface SamplingOptions {
  /** 0 is greedy. */
  readonly temperature: number;
  readonly topP: number;
  readonly topK: number;
  readonly minP: number;
  /**
   * Each token's randomness depends only on this and on the token's position, so that a continued answer is the same
   * one.
   */
  readonly seed: number;
  readonly frequencyPenalty: number;
  readonly presencePenalty: number;
  readonly logitBias: ReadonlyMap<number, number>;
}

export interface GenerateRequest {
  /** The tenant of the request. Engines share prefill among tenants. */
  readonly tenant: string;
  readonly prompt: readonly number[];
  /** Tokens that were already sampled for this answer; they count as generated and are not yielded again. */
  readonly resume: readonly number[];
  /** Most tokens of the answer, those of `resume` included. */
  readonly maxTokens: number;
  readonly sampling: SamplingOptions;
  readonly grammar: Grammar | null;
  /** null for no log-probabilities; 0 to 20 for this many alternatives with each token. */
  readonly topLogprobs: number | null;
  readonly signal: AbortSignal;
  /** Called once the prompt is evaluated, with how many of its tokens came from the prefix cache. */
  readonly onPrefill?: (cachedTokens: number) => void;
}

export interface SampledToken {
  readonly token: number;
  /** Natural logarithm of the token's probability before temperature and cut-offs; null when not requested. */
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
