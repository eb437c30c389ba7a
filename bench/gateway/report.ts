import { median } from '../keep-result.ts';
import type { Round } from './measure.ts';

export interface ProxyRow {
  readonly proxy: string;
  readonly cpuSecondsPerThousandRequests: number;
  readonly cpuMicrosPerChunk: number;
  readonly addedLatencyMsP50: number;
  readonly addedFirstTokenMsP50: number;
  readonly rssMiB: number;
}

/**
 * CPU is the minimum of the rounds, since noise only adds; latency is the median of the difference to the direct
 * connection.
 */
export function rowOf(proxy: string, rounds: readonly Round[], direct: readonly Round[], rssBytes: number): ProxyRow {
  const least = (values: readonly (number | null)[]): number => Math.min(...values.map((value) => value ?? Infinity));
  const added = (pick: (round: Round) => number): number => median(rounds.map(pick)) - median(direct.map(pick));
  return {
    proxy,
    cpuSecondsPerThousandRequests: least(rounds.map(({ cpuPerThousand }) => cpuPerThousand)),
    cpuMicrosPerChunk: least(rounds.map(({ cpuMicrosPerChunk }) => cpuMicrosPerChunk)),
    addedLatencyMsP50: added(({ latencyMsP50 }) => latencyMsP50),
    addedFirstTokenMsP50: added(({ firstTokenMsP50 }) => firstTokenMsP50),
    rssMiB: rssBytes / 2 ** 20,
  };
}

/** The rows as a Markdown table. */
export function table(rows: readonly ProxyRow[]): string {
  const lines = [
    '| proxy | CPU-s / 1000 requests (1 kB) | µs CPU per SSE chunk | added p50 ms | added TTFT p50 ms | RSS MiB |',
    '|---|--:|--:|--:|--:|--:|',
  ];
  for (const row of rows) {
    lines.push(
      `| ${row.proxy} | ${row.cpuSecondsPerThousandRequests.toFixed(3)} | ${row.cpuMicrosPerChunk.toFixed(1)} | ` +
        `${row.addedLatencyMsP50.toFixed(2)} | ${row.addedFirstTokenMsP50.toFixed(2)} | ${row.rssMiB.toFixed(0)} |`,
    );
  }
  return lines.join('\n');
}
