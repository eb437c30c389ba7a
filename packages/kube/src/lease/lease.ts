import { waitMs } from '../client/backoff.ts';
import type { KubeClient } from '../client/kube-client.ts';
import type { KubeFailure } from '../client/kube-result.ts';
import type { KubeObject } from '../objects/kube-object.ts';
import { resources } from '../objects/resource-ref.ts';
import { type LeaseTimes, type ObservedLease, defaultLeaseTimes, judgeLease } from './judge-lease.ts';
import { readLease, writeLease } from './lease-object.ts';
import { type Tenure, createTenure } from './tenure.ts';

/** One request of a lease; several fit into the time in which a holder has to renew. */
const requestDeadlineMs = 4_000;

export interface LeaseOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly name: string;
  /** Of this process and no other, not even of the same pod before: `pod-name_random`. */
  readonly identity: string;
  readonly times?: LeaseTimes;
  /** A request has failed. A holder goes on until its deadline. */
  readonly onTrouble?: (failure: KubeFailure) => void;
  readonly monotonicMs?: () => number;
  readonly wallMs?: () => number;
  readonly random?: () => number;
}

/** Leadership: at most one process holds it. */
export interface Lease {
  /** Begins to claim it. */
  start(): void;
  /** Releases it, so that another takes it at once. Resolves when nothing runs. */
  stop(): Promise<void>;
  /** Whether this process may act now. */
  held(): boolean;
  /** Who holds it, as this process saw last; null where nobody does. */
  holder(): string | null;
  /** Calls back when it is held and when it is not any more. */
  onChange(listener: (held: boolean) => void): () => void;
  /**
   * The client with fenced writes: each is refused with `fenced` unless the lease is held when the connection for it
   * stands, also after this process was paused, and those in flight are aborted when the lease is lost.
   */
  fence(client: KubeClient): KubeClient;
}

/**
 * Claims a Lease of coordination.k8s.io and renews it. A holder stops acting `renewDeadlineMs` after the start of its last
 * renewal that went through; others take over when they have seen no change for the whole lease, which is longer.
 * Both measure on their own clock, so that clocks may differ; only their speeds must not.
 */
export function createLease(options: LeaseOptions): Lease {
  const { client, namespace, name, identity, times = defaultLeaseTimes, random = Math.random } = options;
  const { monotonicMs = () => performance.now(), wallMs = Date.now } = options;
  const key = { namespace, name };
  const tenure = createTenure({ limitMs: times.renewDeadlineMs, monotonicMs, wallMs });
  const ending = new AbortController();
  let observed: (ObservedLease & { readonly object: KubeObject }) | null = null;
  let running: Promise<void> | null = null;

  const observe = (object: KubeObject): void => {
    const record = readLease(object);
    const same = observed !== null && JSON.stringify(observed.record) === JSON.stringify(record);
    observed = { object, record, seenAt: same && observed !== null ? observed.seenAt : monotonicMs() };
  };
  /** One look and one write at most. */
  const tryOnce = async (signal: AbortSignal): Promise<KubeFailure | null> => {
    // A holder knows its record; the version in it tells whether somebody has changed it.
    if (observed === null || !tenure.held()) {
      const found = await client.get(resources.leases, key, { signal });
      if (found.outcome === 'ok') observe(found.value);
      else if (found.outcome === 'not_found') observed = null;
      else return found;
    }
    const verdict = judgeLease(observed, identity, monotonicMs(), times);
    if (verdict === 'wait') return null;
    const startedAt = tenure.mark();
    const before = observed?.record.transitions ?? 0;
    const transitions = verdict === 'take' ? before + 1 : before;
    const claim = { holder: identity, leaseMs: times.leaseMs, nowMs: wallMs(), transitions };
    const next = writeLease(key, observed?.object ?? null, { ...claim, acquired: verdict !== 'renew' });
    const written =
      observed === null
        ? await client.create(resources.leases, next, { signal })
        : await client.replace(resources.leases, next, { signal });
    if (written.outcome === 'ok') {
      observe(written.value);
      tenure.extend(startedAt);
      return null;
    }
    // Somebody else was faster, or what became of the write is unknown: the next round reads first.
    if (written.outcome === 'conflict' || written.outcome === 'exists' || written.outcome === 'not_found') {
      tenure.end();
      observed = null;
    }
    return written.outcome === 'conflict' || written.outcome === 'exists' ? null : written;
  };
  const run = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      const failure = await tryOnce(AbortSignal.any([ending.signal, AbortSignal.timeout(requestDeadlineMs)]));
      if (failure !== null && !ending.signal.aborted) options.onTrouble?.(failure);
      const spread = failure === null ? times.retryMs : times.retryMs / 2;
      await waitMs(spread * (0.8 + 0.4 * random()), ending.signal);
    }
  };
  return {
    start: () => void (running ??= run()),
    async stop() {
      ending.abort();
      await running;
      const releasing = tenure.held() && observed !== null ? observed : null;
      // First nothing more is written by this process, then another may begin.
      tenure.end();
      if (releasing === null) return;
      const { transitions } = releasing.record;
      const released = writeLease(key, releasing.object, { holder: '', leaseMs: 1_000, nowMs: wallMs(), transitions });
      await client.replace(resources.leases, released, { signal: AbortSignal.timeout(requestDeadlineMs) });
    },
    held: () => tenure.held(),
    holder: () => (observed === null || observed.record.holder === '' ? null : observed.record.holder),
    onChange: (listener) => tenure.onChange(listener),
    fence: (fenced) => fenced.withFence(fenceOf(tenure)),
  };
}

function fenceOf(tenure: Tenure): Parameters<KubeClient['withFence']>[0] {
  return { mayWrite: () => tenure.held(), lost: () => tenure.lost() };
}
