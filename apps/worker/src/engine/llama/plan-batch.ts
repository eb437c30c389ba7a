export interface BatchCandidate {
  /** Tokens that wait to be evaluated: 1 while an answer is generated, more while its prompt is read. */
  readonly pending: number;
  /** False while the reader of the answer is too far behind. */
  readonly runnable: boolean;
}

/**
 * How many tokens of each candidate the next step evaluates; `candidates` are in order of arrival. Answers under way
 * take one token each before any prompt gets the rest, first come first served and `chunkTokens` at most for each, so
 * that a long prompt slows the others by one batch at most.
 */
export function planBatch(candidates: readonly BatchCandidate[], batchTokens: number, chunkTokens: number): number[] {
  let left = batchTokens;
  const amounts = candidates.map(({ pending, runnable }): number => {
    const amount = runnable && pending === 1 && left > 0 ? 1 : 0;
    left -= amount;
    return amount;
  });
  for (const [index, { pending, runnable }] of candidates.entries()) {
    if (!runnable || pending <= 1) continue;
    const amount = Math.min(pending, left, chunkTokens);
    amounts[index] = amount;
    left -= amount;
  }
  return amounts;
}
