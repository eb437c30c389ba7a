/**
 * How many tokens of each answer the next step evaluates. `pending` are the tokens that wait: 1 while an answer is
 * generated, more while its prompt is read. Answers under way take one token each before any prompt gets the rest, in
 * the order given and `chunkTokens` at most for each, so that a long prompt slows the others by one batch at most.
 */
export function planBatch(pending: readonly number[], batchTokens: number, chunkTokens: number): number[] {
  let left = batchTokens;
  const amounts = pending.map((tokens): number => {
    const amount = tokens === 1 && left > 0 ? 1 : 0;
    left -= amount;
    return amount;
  });
  for (const [index, tokens] of pending.entries()) {
    if (tokens <= 1) continue;
    const amount = Math.min(tokens, left, chunkTokens);
    amounts[index] = amount;
    left -= amount;
  }
  return amounts;
}
