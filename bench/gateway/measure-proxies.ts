import { type BenchProcess, script, startProcess } from './child-process.ts';
import { startKumikiGateway } from './kumiki-gateway.ts';
import { type Round, measureRound } from './measure.ts';
import { nginxVersion, startNginx } from './nginx.ts';
import { type ProxyRow, rowOf } from './report.ts';

const proxyCore = 0;
const loadCore = 1;

/** Names of the rows of the bare proxy and the gateway. */
export const bareName = 'node:http + undici, no work';
export const gatewayName = 'Kumiki gateway, everything on';

interface Target {
  readonly name: string;
  readonly process: BenchProcess;
  readonly rounds: Round[];
}

export interface ProxyBench {
  /** Folder for the files of the processes. */
  readonly folder: string;
  readonly rounds: number;
  /** Share of the full bench's requests and streams in each round. */
  readonly share: number;
  /** Without nginx its row is left out in any case. */
  readonly withNginx: boolean;
  onRound?(round: number): void;
}

/**
 * Measures proxies in alternating rounds in front of one upstream. Each proxy is pinned to one core, upstream and load
 * generator to the other.
 */
export async function measureProxies(bench: ProxyBench): Promise<ProxyRow[]> {
  const upstream = await startProcess({ command: script('upstream.ts'), core: loadCore, port: null });
  const load = await startProcess({ command: script('load.ts'), core: loadCore, port: null });
  const { gateway, apiKey } = await startKumikiGateway(bench.folder, upstream.port, proxyCore);
  const targets: Target[] = [];
  const version = bench.withNginx ? nginxVersion() : null;
  if (version !== null) {
    targets.push({ name: version, process: await startNginx(bench.folder, upstream.port, proxyCore), rounds: [] });
  }
  const bare = await startProcess({
    command: [...script('bare-proxy.ts'), `http://127.0.0.1:${upstream.port}`],
    core: proxyCore,
    port: null,
  });
  targets.push({ name: bareName, process: bare, rounds: [] }, { name: gatewayName, process: gateway, rounds: [] });

  const direct: Round[] = [];
  for (let round = 1; round <= bench.rounds; round++) {
    bench.onRound?.(round);
    direct.push(await measureRound(load, upstream.port, apiKey, null, bench.share));
    for (const target of targets) {
      target.rounds.push(await measureRound(load, target.process.port, apiKey, target.process, bench.share));
    }
  }
  const rows = targets.map(({ name, process, rounds }) => rowOf(name, rounds, direct, process.rssBytes()));
  for (const child of [load, upstream, ...targets.map(({ process }) => process)]) await child.stop();
  return rows;
}
