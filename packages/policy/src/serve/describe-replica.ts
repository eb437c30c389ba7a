import type { Replica, ReplicaPhase } from '@kumiki/api';
import { endpointId, remoteId } from './endpoint-id.ts';
import { isEnding, type ObservedReplica } from './observed-replica.ts';
import type { OutsideServers } from './outside-servers.ts';
import type { RemoteTarget } from './target.ts';

/** Facts about a replica's process, known only on its own machine. */
export interface ProcessFacts {
  readonly pid: number | null;
  readonly rssBytes: number | null;
}

export const unseenProcess: ProcessFacts = { pid: null, rssBytes: null };

/** A replica as the API shows it. */
export function describeReplica(replica: ObservedReplica, { pid, rssBytes }: ProcessFacts = unseenProcess): Replica {
  const { phase, reason } = phaseOf(replica);
  return {
    object: 'kumiki.replica',
    id: replica.id,
    service: replica.service,
    model: replica.model,
    revision: replica.revision,
    phase,
    reason,
    cause: replica.ended?.cause ?? null,
    pid,
    url: replica.url,
    progress: phase === 'starting' ? replica.progress : null,
    restarts: replica.restarts,
    running: replica.load?.running ?? null,
    waiting: replica.load?.waiting ?? null,
    rss_bytes: rssBytes,
    started_at: replica.startedAtUnix,
  };
}

function phaseOf(replica: ObservedReplica): { phase: ReplicaPhase; reason: string } {
  if (replica.ended !== null) {
    if (replica.drainingSince !== null) return { phase: 'stopped', reason: replica.ended.reason };
    const again = replica.crashes > 1 ? `, ${replica.crashes} times in a row` : '';
    return { phase: 'failed', reason: `${replica.ended.reason}${again}; it will be started again` };
  }
  if (isEnding(replica)) return { phase: 'draining', reason: 'it is ending' };
  if (replica.drainingSince !== null) return { phase: 'draining', reason: 'it finishes what it has begun' };
  if (replica.readyAt !== null) return { phase: 'ready', reason: `takes requests as ${endpointId(replica)}` };
  return { phase: 'starting', reason: replica.url === null ? 'the process starts' : 'the model is loaded' };
}

/** The servers of a remote target, in the shape of replicas. Only whether they may be used is known. */
export function describeRemotes(target: RemoteTarget, outside: Pick<OutsideServers, 'refusalOf'>): Replica[] {
  return target.urls.map((url, at) => describeRemote(target, url, at, outside.refusalOf(target, url)));
}

function describeRemote(target: RemoteTarget, url: string, at: number, refusal: string | null): Replica {
  return {
    object: 'kumiki.replica',
    id: remoteId(target, at),
    service: target.service,
    model: target.model,
    revision: target.revision,
    phase: refusal === null ? 'ready' : 'failed',
    reason: refusal ?? 'a server that Kumiki does not run',
    cause: null,
    pid: null,
    url,
    progress: null,
    restarts: 0,
    running: null,
    waiting: null,
    rss_bytes: null,
    started_at: null,
  };
}
