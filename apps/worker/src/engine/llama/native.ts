import type { Llama, LlamaContext, LlamaModel } from 'node-llama-cpp';

/**
 * The part of node-llama-cpp's addon that the decode loop drives. The package's own `sequence.evaluate` gives one
 * sampler state per answer, shifts a full context silently, and spends several locks and promises per token; the addon
 * below it takes one batch per step for all sequences and a new seed per token. These names are internal to the
 * package, so its version is pinned exactly; {@link nativeOf} fails at start when one is missing.
 */
export interface NativeContext {
  initBatch(tokens: number): void;
  /** Returns the batch index of each token that `logitIndexes` (ascending, into `tokens`) asks logits for. */
  addToBatch(sequence: number, firstPosition: number, tokens: Uint32Array, logitIndexes: Uint32Array): Uint32Array;
  decodeBatch(): Promise<void>;
  sampleToken(batchIndex: number, sampler: NativeSampler): Promise<number>;
  sampleToken(
    batchIndex: number,
    sampler: NativeSampler,
    probabilities: false,
    confidence: false,
    logits: readonly [
      tokens: readonly number[],
      includeMax: false,
      includeMin: false,
      includeSelected: true,
      top: number,
    ],
    totalLogitWeight: true,
  ): Promise<SampledLogits>;
  /** Drops all positions of a sequence. */
  disposeSequence(sequence: number): void;
  /** Drops positions from `start` (inclusive) to `end` (exclusive); false when this kind of memory cannot. */
  removeTokenCellsFromSequence(sequence: number, start: number, end: number): boolean;
  /** The pooled vector of sequence 0 after a decode. */
  getEmbedding(inputTokens: number): Float64Array;
}

/** Token, two unused entries, then alternately a token and its logit, and the sum of exp(logit − greatest logit). */
export type SampledLogits = readonly [
  number,
  unknown,
  unknown,
  readonly number[] | undefined,
  totalLogitWeight: number | undefined,
];

export interface NativeModel {
  tokenize(text: string, special: boolean): Uint32Array;
  detokenize(tokens: Uint32Array, special: boolean): string;
  getTokenString(token: number): string;
  getTokenAttributes(token: number): number;
  isEogToken(token: number): boolean;
  getTotalParameters(): number;
  getMemoryBreakdown(): { readonly cpuRam: number; readonly gpuVram: number };
}

export interface NativeSampler {
  applyConfig(config: NativeSamplerConfig): void;
  dispose(): void;
}

/** A key that is absent switches its sampler off; `topP`, `minP` and `topK` are applied before the temperature. */
export interface NativeSamplerConfig {
  temperature: number;
  seed: number;
  topK?: number;
  topP?: number;
  minP?: number;
  repeatPenalty?: number;
  repeatPenaltyMaxTokens?: number;
  repeatPenaltyTokens?: Uint32Array;
  repeatPenaltyPresencePenalty?: number;
  repeatPenaltyFrequencyPenalty?: number;
  tokenBiasKeys?: Uint32Array;
  tokenBiasValues?: Float32Array;
  grammarEvaluationState?: NativeGrammarState;
}

export interface NativeGrammar {
  /** Whether the whole text is a sentence of the grammar. */
  isTextCompatible(text: string): boolean;
}

declare const grammarState: unique symbol;
export interface NativeGrammarState {
  readonly [grammarState]: never;
}

export interface NativeBindings {
  readonly AddonSampler: {
    new (model: NativeModel): NativeSampler;
    acceptGrammarEvaluationStateToken(state: NativeGrammarState, token: number): void;
    canBeNextTokenForGrammarEvaluationState(state: NativeGrammarState, token: number): boolean;
  };
  readonly AddonGrammar: new (gbnf: string, options: { addonExports: NativeBindings }) => NativeGrammar;
  readonly AddonGrammarEvaluationState: new (model: NativeModel, grammar: NativeGrammar) => NativeGrammarState;
}

export interface Native {
  readonly bindings: NativeBindings;
  readonly model: NativeModel;
  readonly context: NativeContext;
}

const contextMethods = ['initBatch', 'addToBatch', 'decodeBatch', 'sampleToken', 'disposeSequence'] as const;

/** The addon under a loaded model and context. Throws when the package is not the pinned version. */
export function nativeOf(model: LlamaModel, context: LlamaContext): Native {
  const bindings = bindingsOf(model.llama);
  const nativeModel = property(model, '_model') as NativeModel | undefined;
  const nativeContext = property(context, '_ctx') as NativeContext | undefined;
  const known =
    contextMethods.every((name) => typeof nativeContext?.[name] === 'function') &&
    typeof bindings?.AddonSampler === 'function' &&
    typeof nativeModel?.tokenize === 'function';
  if (!known || bindings === undefined || nativeModel === undefined || nativeContext === undefined)
    throw new Error('This version of node-llama-cpp is not the one that the worker was built for.');
  return { bindings, model: nativeModel, context: nativeContext };
}

/** The addon's context inside an embedding context. */
export function innerContext(context: object): LlamaContext {
  const inner = property(context, '_llamaContext') as LlamaContext | undefined;
  if (inner === undefined)
    throw new Error('This version of node-llama-cpp is not the one that the worker was built for.');
  return inner;
}

/** The addon's classes; undefined when the package is not the pinned version. */
export function bindingsOf(llama: Llama): NativeBindings | undefined {
  return property(llama, '_bindings') as NativeBindings | undefined;
}

/** Weights of the model, counted by llama.cpp. */
export function parametersOf(model: LlamaModel): number {
  return (property(model, '_model') as NativeModel | undefined)?.getTotalParameters() ?? 0;
}

function property(holder: object, name: string): unknown {
  return (holder as Readonly<Record<string, unknown>>)[name];
}
