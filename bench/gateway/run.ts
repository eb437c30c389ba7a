/**
 * The gateway with all features on (10,000 keys, limits, metrics, continuation) compared with nginx and a bare
 * `node:http` + undici proxy, in one run of alternating rounds. Prints a table and writes bench/results/gateway.json.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepResult } from '../keep-result.ts';
import { canPin } from './child-process.ts';
import { measureProxies } from './measure-proxies.ts';
import { nginxVersion } from './nginx.ts';
import { type ProxyRow, table } from './report.ts';

const roundCount = 4;

/** The design's requirements; a run that misses one ends with status 1. */
const floors = {
  cpuSecondsPerThousandRequests: 0.1,
  cpuMicrosPerChunk: 36,
  addedLatencyMsP50: 0.5,
  addedFirstTokenMsP50: 0.6,
} as const satisfies Partial<Record<keyof ProxyRow, number>>;

const folder = mkdtempSync(join(tmpdir(), 'kumiki-bench-'));
try {
  if (nginxVersion() === null) {
    console.log('nginx is not installed, so its row is left out. On Debian or Ubuntu: apt-get install nginx-light');
  }
  const onRound = (round: number): void => console.error(`round ${round} of ${roundCount}`);
  report(await measureProxies({ folder, rounds: roundCount, onRound }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function report(rows: readonly ProxyRow[]): void {
  if (!canPin) console.log('Processes could not be bound to cores: read the figures with care.');
  console.log(table(rows));
  const ours = rows.at(-1);
  const missed = Object.entries(floors).filter(([name, most]) => (ours?.[name as keyof typeof floors] ?? 0) > most);
  for (const [name, most] of missed) console.log(`Above its floor of ${most}: ${name}`);
  keepResult('gateway', { pinned: canPin, rounds: roundCount, floors, rows });
  process.exitCode = missed.length === 0 ? 0 : 1;
}
