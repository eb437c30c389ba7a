import type { EndCause, ReplicaPhase } from '@kumiki/api';
import type { NewChange } from './change-log.ts';

/** The parts of a replica whose changes are reported. */
export interface SeenReplica {
  readonly id: string;
  readonly service: string;
  readonly model: string;
  readonly phase: ReplicaPhase;
  readonly reason: string;
  readonly cause: EndCause | null;
  readonly restarts: number;
}

/** The changes between two observations of the replicas. */
export function compareReplicas(before: ReadonlyMap<string, SeenReplica>, now: readonly SeenReplica[]): NewChange[] {
  const changes = now.flatMap((replica) => changesOf(before.get(replica.id), replica));
  const there = new Set(now.map(({ id }) => id));
  for (const replica of before.values()) {
    if (!there.has(replica.id) && replica.phase !== 'stopped') changes.push(change('replica.stopped', replica));
  }
  return changes;
}

function changesOf(before: SeenReplica | undefined, replica: SeenReplica): NewChange[] {
  const restarted = before !== undefined && replica.restarts > before.restarts;
  if (before !== undefined && !restarted && before.phase === replica.phase) return [];
  const changes: NewChange[] = [];
  if (restarted) changes.push(change('replica.restarted', replica, { restarts: replica.restarts }));
  switch (replica.phase) {
    case 'starting':
      return restarted ? changes : [change('replica.starting', replica)];
    case 'ready':
      return [...changes, change('replica.ready', replica)];
    case 'failed':
      return [...changes, change('replica.failed', replica, { reason: replica.reason, ...causeParams(replica.cause) })];
    case 'draining':
      return [...changes, change('replica.draining', replica)];
    case 'stopped':
      return [...changes, change('replica.stopped', replica)];
  }
}

/** The cause as flat parameters, which changes require. */
function causeParams(cause: EndCause | null): Record<string, string | number> {
  return cause === null ? {} : { ...cause.params, cause: cause.code };
}

function change(
  kind: NewChange['kind'],
  { id, service, model }: SeenReplica,
  more: Record<string, string | number> = {},
): NewChange {
  return { kind, subject: id, params: { service, model, ...more }, by: null };
}
