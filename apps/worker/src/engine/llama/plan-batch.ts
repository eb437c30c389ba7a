/**
 * How many tokens of each answer the next step evaluates. `pending` are the tokens that wait: 1 while an answer is
 * generated, more during its prefill. Answers in generation take one token each before prompts get the rest, in the
 * given order and at most `chunkTokens` each, so that a long prompt delays the others by at most one batch.
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
