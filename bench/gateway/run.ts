/**
 * The gateway with all its work on (10,000 keys, limits, metrics, continuation) beside nginx and beside a bare
 * `node:http` + undici proxy, in one run of alternating rounds. Prints a table and keeps bench/results/gateway.json.
 * Each proxy is bound to one core, upstream and load generator to the other.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepResult } from '../keep-result.ts';
import { type BenchProcess, canPin, script, startProcess } from './child-process.ts';
import { startKumikiGateway } from './kumiki-gateway.ts';
import { type Round, measureRound } from './measure.ts';
import { nginxVersion, startNginx } from './nginx.ts';
import { type ProxyRow, rowOf, table } from './report.ts';

const roundCount = 4;
const proxyCore = 0;
const loadCore = 1;

/** What design asks of the gateway; a run beyond them ends with status 1. */
const floors = {
  cpuSecondsPerThousandRequests: 0.1,
  cpuMicrosPerChunk: 36,
  addedLatencyMsP50: 0.5,
  addedFirstTokenMsP50: 0.6,
} as const satisfies Partial<Record<keyof ProxyRow, number>>;

interface Target {
  readonly name: string;
  readonly process: BenchProcess;
  readonly rounds: Round[];
}

const folder = mkdtempSync(join(tmpdir(), 'kumiki-bench-'));
try {
  await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function main(): Promise<void> {
  const upstream = await startProcess({ command: script('upstream.ts'), core: loadCore, port: null });
  const load = await startProcess({ command: script('load.ts'), core: loadCore, port: null });
  const { gateway, apiKey } = await startKumikiGateway(folder, upstream.port, proxyCore);
  const targets: Target[] = [];
  const version = nginxVersion();
  if (version === null) {
    console.log('nginx is not installed, so its row is left out. On Debian or Ubuntu: apt-get install nginx-light');
  } else {
    targets.push({ name: version, process: await startNginx(folder, upstream.port, proxyCore), rounds: [] });
  }
  const bare = await startProcess({
    command: [...script('bare-proxy.ts'), `http://127.0.0.1:${upstream.port}`],
    core: proxyCore,
    port: null,
  });
  targets.push({ name: 'node:http + undici, no work', process: bare, rounds: [] });
  targets.push({ name: 'Kumiki gateway, everything on', process: gateway, rounds: [] });

  const direct: Round[] = [];
  for (let round = 1; round <= roundCount; round++) {
    console.error(`round ${round} of ${roundCount}`);
    direct.push(await measureRound(load, upstream.port, apiKey, null));
    for (const target of targets) {
      target.rounds.push(await measureRound(load, target.process.port, apiKey, target.process));
    }
  }
  const rows = targets.map(({ name, process, rounds }) => rowOf(name, rounds, direct, process.rssBytes()));
  for (const child of [load, upstream, ...targets.map(({ process }) => process)]) await child.stop();
  report(rows);
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
