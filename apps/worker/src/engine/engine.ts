import type { Grammar } from './grammar.ts';
import type { Prompting, PromptingSpec, TextPiece } from './prompting.ts';

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
  readonly prompting: Prompting;
  /** Makes the same {@link Engine.prompting} in another thread. */
  readonly promptingSpec: PromptingSpec;
  /**
   * Tokens of rendered pieces, some thousand characters at each step, between which others may work. Ends once there are
   * far more than the context holds, which nobody can use.
   * @param begins whether what the model wants before every prompt is put before them.
   */
  tokenizePieces(pieces: readonly TextPiece[], begins: boolean): Generator<void, number[], void>;
  /** Throws KumikiError `invalid_value` when {@link Engine.generate} could not follow the grammar. Absent: it can. */
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
  /** No token stands for more bytes of a text. */
  readonly longestTokenBytes: number;
  /** null when the model makes no embeddings. */
  readonly embeddingDimensions: number | null;
  readonly canChat: boolean;
  /** Names the weights and the settings that change what they say; the same for equal replicas. */
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
  /** Each token's randomness depends on this and on the token's position alone, so that a continued answer is the same one. */
  readonly seed: number;
  readonly frequencyPenalty: number;
  readonly presencePenalty: number;
  readonly logitBias: ReadonlyMap<number, number>;
}

export interface GenerateRequest {
  /** Whose it is: engines read the prompts of several tenants side by side. */
  readonly tenant: string;
  readonly prompt: readonly number[];
  /** Tokens that were sampled before for this very answer; they count as generated and are not yielded again. */
  readonly resume: readonly number[];
  /** Most tokens of the answer, those of `resume` included. */
  readonly maxTokens: number;
  readonly sampling: SamplingOptions;
  readonly grammar: Grammar | null;
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
