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
  /** A new replica of the target's revision. */
  | { readonly kind: 'create'; readonly target: ProcessTarget; readonly reason: string }
  | { readonly kind: 'restart'; readonly id: string; readonly reason: string }
  /** Out of traffic; what it has begun goes on. */
  | { readonly kind: 'drain'; readonly id: string; readonly reason: string }
  /** SIGTERM: the worker ends what it cannot finish, and the gateway moves that. */
  | { readonly kind: 'terminate'; readonly id: string; readonly reason: string }
  /** SIGKILL. */
  | { readonly kind: 'kill'; readonly id: string; readonly reason: string; readonly end: End }
  | { readonly kind: 'forget'; readonly id: string; readonly reason: string };

export interface Plan {
  readonly actions: readonly Action[];
  /** When to plan again although nothing has happened; null when only an event can change anything. */
  readonly planAgainAt: number | null;
}

/** After leaving the routes: time for requests that a gateway was just sending to arrive. */
export const settleMs = 300;
/** From SIGTERM to SIGKILL. A worker ends its streams within {@link workerDrainMs}. */
export const terminateLimitMs = 5_000;
/** What a worker may take for its own drain after SIGTERM; before that it had the manifest's drainTimeoutMs. */
export const workerDrainMs = 2_000;

/**
 * What to do now, so that every target has its replicas. Pure: the same world gives the same plan.
 * @param targets those of all services; remote ones need no process.
 * @param replicas all that exist, whatever they belong to.
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
      // What is being killed, restarted or forgotten is drained by a later plan, if that still makes sense.
      if (action.kind === 'drain' && touched.has(action.id)) continue;
      actions.push(action);
    }
  }
  return { actions, planAgainAt: wakes.length === 0 ? null : Math.min(...wakes) };
}

/** What one replica needs for itself, in the order of urgency. */
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
  // Only an answer given after requests on their way had arrived tells that there are none.
  const seenIdle = load !== null && load.at >= since + settleMs && load.running + load.waiting === 0;
  if (seenIdle) return { kind: 'terminate', id, reason: 'it has finished what it had' };
  const limit = since + launch.drainTimeoutMs;
  if (now < limit) return wakeAt(limit);
  return { kind: 'terminate', id, reason: `it had work left after ${launch.drainTimeoutMs} ms` };
}

/** Number and revision of a target's replicas. */
function rollOut(target: ProcessTarget, replicas: readonly LocalReplica[]): Action[] {
  const staying = replicas.filter((replica) => replica.drainingSince === null && !isEnding(replica));
  // One that is being killed for good reason comes back in its own place: it still counts.
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

/** Crashes in a row of a replica whose process ends now. */
export function crashesAfterEnd(replica: LocalReplica, now: number): number {
  return countCrash(replica.crashes, replica.readyAt === null ? 0 : now - replica.readyAt);
}
