import type { ServiceStatus } from '@kumiki/api';

export interface ScalePlan {
  readonly from: number;
  readonly to: number;
  readonly starts: number;
  readonly ends: number;
  /** The memory of a replica, measured from the ready ones; null when none is ready. */
  readonly bytesEach: number | null;
  /** Requests that run now at all replicas: those of the ones that end are finished first. */
  readonly running: number;
  readonly waiting: number;
  /** Then the others move to another replica, in milliseconds. */
  readonly drainMs: number;
  readonly endsAll: boolean;
}

/** The effect of scaling a service. */
export function planScale(service: ServiceStatus, to: number): ScalePlan {
  const from = service.manifest.spec.replicas;
  const sizes = service.replicas
    .flatMap(({ phase, rss_bytes: rssBytes }) => (phase === 'ready' && rssBytes !== null ? rssBytes : []))
    .toSorted((a, b) => a - b);
  const sum = (read: (replica: ServiceStatus['replicas'][number]) => number | null): number =>
    service.replicas.reduce((total, replica) => total + (read(replica) ?? 0), 0);
  const models = Math.max(1, service.models.length);
  return {
    from,
    to,
    starts: Math.max(0, to - from) * models,
    ends: Math.max(0, from - to) * models,
    bytesEach: sizes[Math.floor(sizes.length / 2)] ?? null,
    running: sum(({ running }) => running),
    waiting: sum(({ waiting }) => waiting),
    drainMs: service.manifest.spec.rollout.drainTimeoutMs,
    endsAll: to === 0 && from > 0,
  };
}
