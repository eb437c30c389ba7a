import type { Log } from '@kumiki/service';
import { noteSeen } from './endpoint-record.ts';
import type { EndpointState } from './endpoint-state.ts';
import type { RouteIndex } from './route-index.ts';

/** Interval between two rounds of probes. */
const intervalMs = 1_000;

/** A probe that takes longer counts as failed. */
const timeoutMs = 1_500;

/** After this many failed probes in a row an endpoint is out of use, and its requests are moved. */
const failuresToEject = 2;

/** Open probes; the others wait for the next round. */
const maxOpenProbes = 64;

export type Probe = (state: EndpointState, timeoutMs: number) => Promise<boolean>;

export interface HealthProber {
  stop(): void;
}

export interface ProberOptions {
  readonly routes: RouteIndex;
  readonly log: Log;
  readonly now: () => number;
  /** Whether `GET /health` answers 200 within the time. Never rejects. */
  readonly probe: Probe;
}

/**
 * Asks the installation's own workers every second whether they make progress. Requests without a stream expect silence
 * until the end, so only a probe finds that their process is stopped. A probe also brings an ejected endpoint back
 * early.
 */
export function startHealthProber(options: ProberOptions): HealthProber {
  const { routes, log, now, probe } = options;
  const open = new Set<EndpointState>();
  const failures = new WeakMap<EndpointState, number>();

  async function check(state: EndpointState): Promise<void> {
    open.add(state);
    const well = await probe(state, timeoutMs);
    open.delete(state);
    if (well) return readmit(state);
    const count = (failures.get(state) ?? 0) + 1;
    failures.set(state, count);
    if (count < failuresToEject || state.probeFailed) return;
    state.probeFailed = true;
    log.warn(
      { endpoint: state.endpoint.id, moved: state.abandon.size },
      'endpoint fails its health probe: its requests are moved',
    );
    for (const abandon of state.abandon) abandon();
  }

  function readmit(state: EndpointState): void {
    failures.delete(state);
    if (!state.probeFailed && state.eject.ejections === 0) return;
    if (state.probeFailed) log.info({ endpoint: state.endpoint.id }, 'endpoint passes its health probe again');
    state.probeFailed = false;
    noteSeen(state, 'success', now());
    routes.announceChange();
  }

  const timer = setInterval(() => {
    for (const state of routes.endpoints()) {
      if (open.size >= maxOpenProbes) break;
      if (state.endpoint.healthProbe && !open.has(state)) void check(state);
    }
  }, intervalMs);
  return { stop: () => clearInterval(timer) };
}
