import type { Product } from '../product/product.ts';

/** The gateway's count of streams that continued at another worker. */
export async function countContinuations(product: Product): Promise<number> {
  const metrics = await product.metrics();
  return [...metrics.matchAll(/^kumiki_gateway_continuations_total\{.*\} (\d+)$/gm)].reduce(
    (sum, match) => sum + Number(match[1]),
    0,
  );
}
