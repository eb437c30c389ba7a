import type { SamplingOptions } from '../engine.ts';
import type { NativeGrammarState, NativeSamplerConfig } from './native.ts';
import { tokenSeed } from './token-seed.ts';

export interface SamplerPlan {
  /** True when all tokens have the same configuration. */
  readonly constant: boolean;
  /** The configuration for the token at `position` of the answer, `generated` being the tokens before it. */
  at(position: number, generated: Uint32Array): NativeSamplerConfig;
}

/** llama.cpp skips a top-p of exactly 0; this one keeps the single best token, which is what 0 means. */
const leastTopP = 1e-6;

/**
 * The configuration of llama.cpp's sampler chain for each token. Order in the chain: logit bias, penalties, top-k,
 * top-p, min-p, temperature, draw; the cut-offs therefore see the distribution at temperature 1. Temperature 0 takes
 * the greatest logit after bias and penalties. Penalties follow OpenAI: `count × frequency + presence` is subtracted
 * from the logit of every token that is already in the answer.
 */
export function planSampler(
  options: SamplingOptions,
  maxTokens: number,
  grammar: NativeGrammarState | null,
): SamplerPlan {
  const greedy = options.temperature <= 0;
  const penalised = options.frequencyPenalty !== 0 || options.presencePenalty !== 0;
  const base: NativeSamplerConfig = { temperature: greedy ? 0 : options.temperature, seed: 0 };
  if (!greedy) addCutoffs(base, options);
  if (options.logitBias.size > 0) {
    base.tokenBiasKeys = Uint32Array.from(options.logitBias.keys());
    base.tokenBiasValues = Float32Array.from(options.logitBias.values());
  }
  if (penalised) {
    base.repeatPenalty = 1;
    base.repeatPenaltyMaxTokens = Math.max(1, maxTokens);
    base.repeatPenaltyFrequencyPenalty = options.frequencyPenalty;
    base.repeatPenaltyPresencePenalty = options.presencePenalty;
  }
  if (grammar !== null) base.grammarEvaluationState = grammar;
  return {
    constant: greedy && !penalised,
    at(position, generated) {
      if (!greedy) base.seed = tokenSeed(options.seed, position);
      if (penalised) base.repeatPenaltyTokens = generated;
      return base;
    },
  };
}

function addCutoffs(config: NativeSamplerConfig, options: SamplingOptions): void {
  if (options.topK > 0) config.topK = options.topK;
  if (options.topP < 1) config.topP = Math.max(options.topP, leastTopP);
  if (options.minP > 0) config.minP = options.minP;
}
