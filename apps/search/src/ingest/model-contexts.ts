/** Context lengths of models as learnt from their refusals. Kept in memory only. */
export interface ModelContexts {
  limitOf(model: string): number;
  /** Records that chunks of `tokens` were refused; false when they cannot be made smaller. */
  tooLong(model: string, tokens: number): boolean;
}

/** Fewer tokens could not hold a sentence. */
const leastTokens = 32;
/** Models that are remembered; far more than any installation serves. */
const maxModels = 1_000;

export function createModelContexts(): ModelContexts {
  const limits = new Map<string, number>();
  return {
    limitOf: (model) => limits.get(model) ?? Number.POSITIVE_INFINITY,
    tooLong(model, tokens) {
      const half = Math.floor(tokens / 2);
      if (half < leastTokens) return false;
      if (limits.size >= maxModels) limits.clear();
      // Another file may have learnt a smaller limit meanwhile.
      limits.set(model, Math.min(half, limits.get(model) ?? half));
      return true;
    },
  };
}
