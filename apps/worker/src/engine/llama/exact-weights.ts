/**
 * Weight types (ggml's numbers) for which llama.cpp on a processor gave bit for bit the same logits for a token
 * regardless of the rest of its batch: Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q3_K, Q5_K, Q6_K, IQ4_NL. Seen on x86-64 with
 * AVX-512, with flash attention and fewer than {@link exactChunkTokens} + 1 tokens of a sequence at once, on 320
 * positions each. Others (F32, F16, BF16, Q2_K, Q4_K, IQ4_XS) go through other kernels from 2, 4 or 8 tokens on, and
 * differ in the last bits.
 */
const exactTypes: ReadonlySet<number> = new Set([2, 3, 6, 7, 8, 11, 13, 14, 20]);

/** From 64 tokens of a sequence on, flash attention takes a path that rounds differently. */
export const exactChunkTokens = 63;

export interface TensorShape {
  readonly ggmlType: number;
  readonly dimensions: readonly (number | bigint)[];
}

/**
 * Whether greedy answers have the same bytes regardless of the other answers in their batches. Vectors of one dimension
 * (norms, biases) do not count.
 */
export function hasExactWeights(tensors: readonly TensorShape[]): boolean {
  const matrices = tensors.filter(({ dimensions }) => dimensions.filter((size) => Number(size) > 1).length > 1);
  return matrices.length > 0 && matrices.every(({ ggmlType }) => exactTypes.has(ggmlType));
}
