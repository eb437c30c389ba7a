import { type HostileBody, growFiles, growJson, type Json } from './grow-body.ts';
import type { HostileRoute } from './hostile-routes.ts';
import type { ProbeTarget } from './probe-process.ts';
import { type RawResult, sendRaw } from './send-raw.ts';
import { type Probes, startProbes } from './start-probes.ts';

export interface StallOptions {
  readonly port: number;
  readonly apiKeyFor: (route: HostileRoute) => string;
  readonly routes: readonly HostileRoute[];
  readonly samples: ReadonlyMap<string, Json>;
  readonly probes: readonly ProbeTarget[];
  /** Longest time of any probe during a hostile body, beyond the delay of the machine itself. */
  readonly stallMs: number;
  /** Largest body, even if the route allows more. */
  readonly capBytes: number;
  /** Selects the bodies of a route to send. */
  readonly pick: (bodies: readonly HostileBody[], route: HostileRoute) => readonly HostileBody[];
  readonly onBody?: (line: string) => void;
}

export interface StallReport {
  readonly bodies: number;
  readonly byStatus: ReadonlyMap<number, number>;
  /** The longest probe time of any body, by its best attempt. */
  readonly worst: Stall;
  readonly complaints: readonly string[];
}

export interface Stall {
  readonly ms: number;
  readonly what: string;
}

/** Attempts per body, since a process without a core stalls too, but not repeatedly at the same body. */
const attempts = 4;

/** A request to the product passes several processes, each of which may wait for a core as the control does. */
const controlFactor = 3;

/** Sends the bodies of every route one after another, while probes send small requests. */
export async function runStalls(options: StallOptions): Promise<StallReport> {
  using probes = await startProbes({ port: options.port, probes: options.probes });
  const byStatus = new Map<number, number>();
  const complaints: string[] = [];
  let worst: Stall = { ms: 0, what: '' };
  let bodies = 0;
  for (const route of options.routes) {
    for (const body of options.pick(bodiesOf(route, options), route)) {
      bodies++;
      const { stall, result, failures } = await tryBody(options, probes, route, body);
      byStatus.set(result.status, (byStatus.get(result.status) ?? 0) + 1);
      if (stall.ms > worst.ms) worst = stall;
      if (stall.ms > options.stallMs) complaints.push(`${stall.what} waited ${Math.round(stall.ms)} ms`);
      const name = `${route.name}, ${body.shape}`;
      if (result.status === 0 || result.status >= 500) {
        complaints.push(`${name}: ${result.status} ${result.failure ?? result.text.slice(0, 300)}`);
      }
      for (const failure of failures) complaints.push(`beside ${name}, ${failure}`);
      options.onBody?.(`${Math.round(stall.ms)} ms  ${result.status}  ${stall.what}`);
    }
  }
  return { bodies, byStatus, worst, complaints };
}

function bodiesOf(route: HostileRoute, { samples, capBytes }: StallOptions): HostileBody[] {
  const { kind, maxBytes } = route.row.body;
  const limit = Math.min(maxBytes, capBytes);
  if (kind === 'form') return growFiles(limit - formBytes).map(asForm);
  return growJson(samples.get(route.name) ?? {}, limit);
}

interface Attempt {
  readonly stall: Stall;
  readonly result: RawResult;
  readonly failures: readonly string[];
}

async function tryBody(
  options: StallOptions,
  probes: Probes,
  route: HostileRoute,
  { shape, build }: HostileBody,
): Promise<Attempt> {
  const body = build();
  const contentType = route.row.body.kind === 'form' ? `multipart/form-data; boundary=${boundary}` : 'application/json';
  let best: Attempt | null = null;
  for (let attempt = 0; attempt < attempts; attempt++) {
    await probes.mark();
    const { port } = options;
    const headers = { authorization: `Bearer ${options.apiKeyFor(route)}`, 'content-type': contentType };
    const result = await sendRaw({ port, method: route.row.method, path: route.path, headers, body });
    const { worst, failures, controlMs } = await probes.mark();
    const slowest = worst.reduce((a, b) => (b.worstMs > a.worstMs ? b : a), { name: 'nobody', worstMs: 0 });
    const what = `${slowest.name} beside ${route.name}, ${shape}, ${body.length} bytes`;
    // Subtracts the delay of a machine that is busy with other work.
    const stall = { ms: Math.max(0, slowest.worstMs - controlFactor * controlMs), what };
    if (best === null || stall.ms < best.stall.ms) best = { stall, result, failures };
    if (best.stall.ms <= options.stallMs && best.failures.length === 0) break;
  }
  if (best === null) throw new Error('No attempt was made.');
  return best;
}

const boundary = 'kumiki-hostile';
/** Bytes of a form beside its file. */
const formBytes = 1_024;

function asForm({ shape, build }: HostileBody): HostileBody {
  const head = [
    `--${boundary}\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nassistants\r\n`,
    `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\ncontent-type: text/plain\r\n\r\n`,
  ].join('');
  return { shape, build: () => Buffer.concat([Buffer.from(head), build(), Buffer.from(`\r\n--${boundary}--\r\n`)]) };
}
