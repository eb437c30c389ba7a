import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';

const resultsFolder = new URL('./results/', import.meta.url);

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/**
 * Writes a result with its date and machine to bench/results/<name>.json, and appends it to
 * bench/results/history/<name>.jsonl.
 */
export function keepResult(name: string, result: Readonly<Record<string, unknown>>): void {
  mkdirSync(new URL('history/', resultsFolder), { recursive: true });
  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${arch()} ${release()}`,
    node: process.version,
  };
  const kept = { date: new Date().toISOString(), machine, ...result };
  writeFileSync(new URL(`${name}.json`, resultsFolder), `${JSON.stringify(kept, null, 2)}\n`);
  appendFileSync(new URL(`history/${name}.jsonl`, resultsFolder), `${JSON.stringify(kept)}\n`);
}
