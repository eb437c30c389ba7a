/** How many tokens a model takes at once, as far as its refusals have told. Forgotten with the process. */
export interface ModelContexts {
  limitOf(model: string): number;
  /** Notes that chunks of so many tokens were refused; false when no smaller ones make sense. */
  tooLong(model: string, tokens: number): boolean;
}

/** Fewer tokens than this hold no sentence. */
const leastTokens = 32;
/** Models whose limits are remembered; a thousand times more than anybody serves. */
const maxModels = 1_000;

export function createModelContexts(): ModelContexts {
  const limits = new Map<string, number>();
  return {
    limitOf: (model) => limits.get(model) ?? Number.POSITIVE_INFINITY,
    tooLong(model, tokens) {
      const half = Math.floor(tokens / 2);
      if (half < leastTokens) return false;
      if (limits.size >= maxModels) limits.clear();
      // Another file may have found a smaller one meanwhile.
      limits.set(model, Math.min(half, limits.get(model) ?? half));
      return true;
    },
  };
}
