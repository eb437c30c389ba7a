import type { Percentiles, QuantileSummary } from '@kumiki/api';

/**
 * Percentiles over the measurements of several gateways. Exact for one gateway. For more, each value of a summary
 * represents the twentieth of the measurements below it, so a percentile's rank is off by at most a twentieth.
 */
export function mergeSummaries(summaries: readonly (QuantileSummary | null)[]): Percentiles | null {
  const points: { value: number; weight: number }[] = [];
  let total = 0;
  for (const summary of summaries) {
    if (summary === null || summary.weight === 0) continue;
    for (const value of summary.values) {
      points.push({ value, weight: summary.weight });
      total += summary.weight;
    }
  }
  if (points.length === 0) return null;
  points.sort((a, b) => a.value - b.value);
  const atShare = (percent: number): number => {
    let before = 0;
    for (const { value, weight } of points) {
      before += weight;
      if (before * 100 >= percent * total) return value;
    }
    return points.at(-1)?.value ?? 0;
  };
  return { p50: atShare(50), p95: atShare(95) };
}
