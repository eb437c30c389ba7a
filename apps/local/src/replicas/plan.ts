import {
  countCrash,
  type End,
  isEnding,
  isServing,
  judgeLiveness,
  notEnding,
  notReady,
  type ProcessTarget,
  restartDelayMs,
  silent,
  stalled,
  stepRollout,
  type Target,
} from '@kumiki/policy';
import type { LocalReplica } from './replica.ts';

export type Action =
  /** Starts a new replica of the target's revision. */
  | { readonly kind: 'create'; readonly target: ProcessTarget; readonly reason: string }
  | { readonly kind: 'restart'; readonly id: string; readonly reason: string }
  /** Takes it out of traffic; its running requests continue. */
  | { readonly kind: 'drain'; readonly id: string; readonly reason: string }
  /** SIGTERM: the worker ends unfinished answers, which the gateway continues elsewhere. */
  | { readonly kind: 'terminate'; readonly id: string; readonly reason: string }
  /** SIGKILL. */
  | { readonly kind: 'kill'; readonly id: string; readonly reason: string; readonly end: End }
  | { readonly kind: 'forget'; readonly id: string; readonly reason: string };

export interface Plan {
  readonly actions: readonly Action[];
  /** When to plan again without an event; null when only an event can change the plan. */
  readonly planAgainAt: number | null;
}

/** Time after leaving the routes, during which requests in flight from gateways may still arrive. */
export const settleMs = 300;
/** Time from SIGTERM to SIGKILL. A worker ends its streams within {@link workerDrainMs}. */
export const terminateLimitMs = 5_000;
/** Time for a worker's own drain after SIGTERM, following the manifest's drainTimeoutMs. */
export const workerDrainMs = 2_000;

/**
 * The actions that bring the replicas closer to the targets. Pure: the same state gives the same plan.
 * @param targets of all services; remote ones need no process.
 * @param replicas of all targets, including removed ones.
 * @param now milliseconds on the clock of the replicas' times.
 */
export function plan(targets: readonly Target[], replicas: readonly LocalReplica[], now: number): Plan {
  const wanted = new Map<string, ProcessTarget>();
  for (const target of targets) if (target.kind === 'process') wanted.set(target.key, target);
  const actions: Action[] = [];
  const wakes: number[] = [];
  const wakeAt = (at: number): null => {
    wakes.push(at);
    return null;
  };

  const touched = new Set<string>();
  for (const replica of replicas) {
    const action = superviseOne(replica, wanted.get(replica.key), now, wakeAt);
    if (action === null) continue;
    actions.push(action);
    touched.add(replica.id);
  }
  for (const [key, target] of wanted) {
    const own = replicas.filter((replica) => replica.key === key);
    for (const action of rollOut(target, own)) {
      // A replica with another action is drained by a later plan, if that is still needed.
      if (action.kind === 'drain' && touched.has(action.id)) continue;
      actions.push(action);
    }
  }
  return { actions, planAgainAt: wakes.length === 0 ? null : Math.min(...wakes) };
}

/** The action that one replica needs by itself, most urgent first. */
function superviseOne(
  replica: LocalReplica,
  target: ProcessTarget | undefined,
  now: number,
  wakeAt: (at: number) => null,
): Action | null {
  const { id, launch } = replica;
  if (replica.ended !== null) return afterEnd(replica, target, now, wakeAt);
  if (replica.killedAt !== null) return null;
  if (replica.terminatedAt !== null) {
    const limit = replica.terminatedAt + terminateLimitMs;
    if (now < limit) return wakeAt(limit);
    return kill(id, notEnding(terminateLimitMs));
  }
  const dead = judgeLiveness(replica.health);
  if (dead !== null) return kill(id, dead === 'silent' ? silent(replica.health.failuresInARow) : stalled());
  if (replica.drainingSince !== null) return whileDraining(replica, replica.drainingSince, now, wakeAt);
  if (target === undefined) return { kind: 'drain', id, reason: 'its service or model is gone' };
  if (replica.readyAt === null) {
    const limit = replica.startedAt + launch.startTimeoutMs;
    if (now < limit) return wakeAt(limit);
    return kill(id, notReady(launch.startTimeoutMs));
  }
  return null;
}

function kill(id: string, end: End): Action {
  return { kind: 'kill', id, reason: end.reason, end };
}

function afterEnd(
  replica: LocalReplica,
  target: ProcessTarget | undefined,
  now: number,
  wakeAt: (at: number) => null,
): Action | null {
  const { id, ended } = replica;
  if (ended === null) return null;
  if (replica.drainingSince !== null || target === undefined) return { kind: 'forget', id, reason: 'it has ended' };
  const due = ended.at + restartDelayMs(replica.crashes, ended.jitter);
  return now < due ? wakeAt(due) : { kind: 'restart', id, reason: ended.reason };
}

function whileDraining(replica: LocalReplica, since: number, now: number, wakeAt: (at: number) => null): Action | null {
  const { id, load, launch } = replica;
  if (replica.readyAt === null) return { kind: 'terminate', id, reason: 'it was not ready yet' };
  // Only a health answer from after the settling time proves that the replica is idle.
  const seenIdle = load !== null && load.at >= since + settleMs && load.running + load.waiting === 0;
  if (seenIdle) return { kind: 'terminate', id, reason: 'it has finished what it had' };
  const limit = since + launch.drainTimeoutMs;
  if (now < limit) return wakeAt(limit);
  return { kind: 'terminate', id, reason: `it had work left after ${launch.drainTimeoutMs} ms` };
}

/** Brings number and revision of a target's replicas to the desired ones. */
function rollOut(target: ProcessTarget, replicas: readonly LocalReplica[]): Action[] {
  const staying = replicas.filter((replica) => replica.drainingSince === null && !isEnding(replica));
  // A replica that was killed for a fault is restarted, so it still counts.
  const returning = replicas.filter((replica) => replica.drainingSince === null && isEnding(replica));
  const step = stepRollout(
    target.replicas,
    [...staying, ...returning].map((replica) => ({
      id: replica.id,
      current: replica.revision === target.revision,
      ready: isServing(replica),
      wasReady: replica.wasReady,
      inFlight: replica.load === null ? 0 : replica.load.running + replica.load.waiting,
    })),
  );
  const others = replicas.some(({ revision }) => revision !== target.revision);
  const reason = others ? `revision ${target.revision} takes over` : `${target.replicas} wanted`;
  return [
    ...step.drain.map(({ id, reason }): Action => ({ kind: 'drain', id, reason })),
    ...Array.from({ length: step.start }, (): Action => ({ kind: 'create', target, reason })),
  ];
}

/** Consecutive crashes of a replica whose process ends now. */
export function crashesAfterEnd(replica: LocalReplica, now: number): number {
  return countCrash(replica.crashes, replica.readyAt === null ? 0 : now - replica.readyAt);
}
