import type { Load } from '@kumiki/api';

/** What the charts of the last minutes show. */
export const historySpanMs = 15 * 60_000;
/** Steps between two points from which on the time between them counts as unknown. */
const gapSteps = 4;

/** Stored and live points in ascending order, each time once, no older than the span before the newest. */
export function joinLoads(history: readonly Load[], live: readonly Load[]): readonly Load[] {
  const byTime = new Map<number, Load>();
  for (const load of history) byTime.set(load.at, load);
  for (const load of live) byTime.set(load.at, load);
  const all = [...byTime.values()].toSorted((a, b) => a.at - b.at);
  const newest = all.at(-1)?.at ?? 0;
  return all.filter(({ at }) => at >= newest - historySpanMs);
}

export interface Lines {
  /** Unix seconds, ascending. */
  readonly times: readonly number[];
  /** One for each of what was read. */
  readonly values: readonly (readonly (number | null)[])[];
}

/** Points as lines of a chart; a line is broken where nothing is known. */
export function toLines(
  points: readonly Load[],
  stepMs: number,
  reads: readonly ((load: Load) => number | null)[],
): Lines {
  const times: number[] = [];
  const values = reads.map((): (number | null)[] => []);
  let before: number | null = null;
  for (const point of points) {
    if (before !== null && point.at - before > gapSteps * stepMs) {
      times.push((before + stepMs) / 1_000);
      for (const line of values) line.push(null);
    }
    times.push(point.at / 1_000);
    for (const [at, read] of reads.entries()) values[at]?.push(read(point));
    before = point.at;
  }
  return { times, values };
}

/** The amount of a rate since a time (Unix ms): the area under the line. */
export function amountSince(
  points: readonly Load[],
  stepMs: number,
  sinceMs: number,
  read: (load: Load) => number,
): number {
  let sum = 0;
  for (const [at, point] of points.entries()) {
    if (point.at < sinceMs) continue;
    const before = points[at - 1];
    const lasted = before === undefined ? stepMs : Math.min(point.at - before.at, gapSteps * stepMs);
    sum += (read(point) * lasted) / 1_000;
  }
  return sum;
}

export interface Minute {
  /** Unix ms of its beginning. */
  readonly at: number;
  readonly requestsPerSecond: number;
  readonly errorsPerSecond: number;
  readonly tokensPerSecond: number;
  readonly ttftP50Ms: number | null;
  readonly ttftP95Ms: number | null;
}

/** The same as the charts in numbers, newest first: means of each minute, and its worst 95th percentile. */
export function toMinutes(points: readonly Load[]): readonly Minute[] {
  const groups = Map.groupBy(points, ({ at }) => Math.floor(at / 60_000) * 60_000);
  return [...groups.entries()]
    .map(([at, group]): Minute => {
      const measured = group.flatMap(({ ttft_ms }) => ttft_ms ?? []);
      return {
        at,
        requestsPerSecond: mean(group.map((load) => load.requests_per_second)) ?? 0,
        errorsPerSecond: mean(group.map((load) => load.errors_per_second)) ?? 0,
        tokensPerSecond: mean(group.map((load) => load.tokens_per_second)) ?? 0,
        ttftP50Ms: mean(measured.map(({ p50 }) => p50)),
        ttftP95Ms: measured.length === 0 ? null : Math.max(...measured.map(({ p95 }) => p95)),
      };
    })
    .toSorted((a, b) => b.at - a.at);
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
