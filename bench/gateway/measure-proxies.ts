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

export interface Target {
  readonly name: string;
  readonly process: BenchProcess;
}

/** Proxies in front of one upstream. Each proxy is pinned to one core, upstream and load generator to the other. */
export interface Proxies {
  readonly targets: readonly Target[];
  /** Measures one proxy; null measures the upstream itself. @param share of the full bench's requests and streams. */
  measure(target: Target | null, share: number): Promise<Round>;
  stop(): Promise<void>;
}

/**
 * @param folder for the files of the processes.
 * @param withNginx without nginx on the path, it is left out in any case.
 */
export async function startProxies(folder: string, withNginx: boolean): Promise<Proxies> {
  const upstream = await startProcess({ command: script('upstream.ts'), core: loadCore, port: null });
  const load = await startProcess({ command: script('load.ts'), core: loadCore, port: null });
  const { gateway, apiKey } = await startKumikiGateway(folder, upstream.port, proxyCore);
  const targets: Target[] = [];
  const version = withNginx ? nginxVersion() : null;
  if (version !== null) targets.push({ name: version, process: await startNginx(folder, upstream.port, proxyCore) });
  const bare = await startProcess({
    command: [...script('bare-proxy.ts'), `http://127.0.0.1:${upstream.port}`],
    core: proxyCore,
    port: null,
  });
  targets.push({ name: bareName, process: bare }, { name: gatewayName, process: gateway });
  return {
    targets,
    measure(target, share) {
      const process = target?.process ?? null;
      return measureRound(load, process?.port ?? upstream.port, apiKey, process, share);
    },
    async stop() {
      for (const child of [load, upstream, ...targets.map(({ process }) => process)]) await child.stop();
    },
  };
}

export interface ProxyBench {
  /** Folder for the files of the processes. */
  readonly folder: string;
  readonly rounds: number;
  onRound?(round: number): void;
}

/** Measures all proxies in alternating rounds. */
export async function measureProxies(bench: ProxyBench): Promise<ProxyRow[]> {
  const proxies = await startProxies(bench.folder, true);
  const rounds = new Map<Target, Round[]>(proxies.targets.map((target) => [target, []]));
  const direct: Round[] = [];
  for (let round = 1; round <= bench.rounds; round++) {
    bench.onRound?.(round);
    direct.push(await proxies.measure(null, 1));
    for (const [target, done] of rounds) done.push(await proxies.measure(target, 1));
  }
  const rows = [...rounds].map(([{ name, process }, done]) => rowOf(name, done, direct, process.rssBytes()));
  await proxies.stop();
  return rows;
}
