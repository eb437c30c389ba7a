import { type QuantileSummary, summaryValues } from '@kumiki/api';

/** Measurements of the last seconds, limited to the newest. */
export interface SlidingSamples {
  /**
   * @param now monotonic milliseconds, not decreasing.
   * @param weight how many equal measurements this stands for.
   */
  add(now: number, value: number, weight: number): void;
  /** null when nothing was measured in the window that ends at `now`. */
  summary(now: number): QuantileSummary | null;
}

/** @param limit most samples that are kept; beyond it only the newest count. */
export function createSlidingSamples(windowMs: number, limit: number): SlidingSamples {
  const values = new Float64Array(limit);
  const weights = new Float64Array(limit);
  const times = new Float64Array(limit);
  let next = 0;
  let count = 0;

  return {
    add(now, value, weight) {
      values[next] = value;
      weights[next] = weight;
      times[next] = now;
      next = (next + 1) % limit;
      if (count < limit) count++;
    },
    summary(now) {
      const places: number[] = [];
      let total = 0;
      for (let back = 1; back <= count; back++) {
        const place = (next - back + limit) % limit;
        if ((times[place] ?? 0) <= now - windowMs) break;
        places.push(place);
        total += weights[place] ?? 0;
      }
      if (places.length === 0) return null;
      const valueAt = (place: number): number => values[place] ?? 0;
      places.sort((a, b) => valueAt(a) - valueAt(b));
      const result: number[] = [];
      let before = 0;
      for (const place of places) {
        before += weights[place] ?? 0;
        while (result.length < summaryValues && before * summaryValues >= (result.length + 1) * total) {
          result.push(valueAt(place));
        }
      }
      while (result.length < summaryValues) result.push(valueAt(places.at(-1) ?? 0));
      return { weight: total, values: result };
    },
  };
}
