import { randomBytes } from 'node:crypto';
import { checkMemory, noHealthYet, outOfMemory, type ProcessTarget } from '@kumiki/policy';
import type { Action } from './plan.ts';
import type { ReplicaRecord } from './replica.ts';
import { spawnWorker, type WorkerEvents, type WorkerProgram } from './spawn-worker.ts';

export interface ApplyContext {
  readonly replicas: Map<string, ReplicaRecord>;
  readonly worker: WorkerProgram;
  now(): number;
  nowUnix(): number;
  freeBytes(): number;
  events(replica: ReplicaRecord): WorkerEvents;
  removed(replica: ReplicaRecord): void;
  note(action: Action, replica: ReplicaRecord): void;
}

/** Applies an action synchronously: the records show it before the next plan, so no action is repeated. */
export function applyAction(action: Action, context: ApplyContext): void {
  const { replicas, now } = context;
  if (action.kind === 'create') {
    const replica = newReplica(action.target, context);
    replicas.set(replica.id, replica);
    context.note(action, replica);
    start(replica, context);
    return;
  }
  const replica = replicas.get(action.id);
  if (replica === undefined) return;
  context.note(action, replica);
  switch (action.kind) {
    case 'restart':
      replica.restarts += 1;
      start(replica, context);
      return;
    case 'drain':
      replica.drainingSince = now();
      return;
    case 'terminate':
      replica.terminatedAt = now();
      replica.process?.signal('SIGTERM');
      return;
    case 'kill':
      replica.killedAt = now();
      replica.killedFor = action.end;
      replica.process?.signal('SIGKILL');
      return;
    case 'forget':
      replicas.delete(replica.id);
      context.removed(replica);
      return;
    default:
      action satisfies never;
  }
}

function start(replica: ReplicaRecord, context: ApplyContext): void {
  const { launch } = replica;
  replica.ended = null;
  replica.failure = null;
  replica.killedFor = null;
  replica.startedAt = context.now();
  replica.startedAtUnix = context.nowUnix();
  replica.progress = 0;
  const events = context.events(replica);
  const memory = checkMemory(launch.fileBytes, 1, context.freeBytes());
  if (!memory.fits) {
    const mebibytes = (bytes: number): number => Math.ceil(bytes / 1_048_576);
    events.end(outOfMemory(mebibytes(memory.neededBytes), mebibytes(context.freeBytes())));
    return;
  }
  replica.process = spawnWorker(context.worker, launch, replica.token, events);
  replica.pid = replica.process?.pid ?? null;
}

function newReplica(target: ProcessTarget, { replicas, now, nowUnix }: ApplyContext): ReplicaRecord {
  return {
    id: freeId(target, replicas),
    key: target.key,
    service: target.service,
    model: target.model,
    revision: target.revision,
    launch: target.launch,
    restarts: 0,
    crashes: 0,
    ended: null,
    lastEnd: null,
    startedAt: now(),
    startedAtUnix: nowUnix(),
    readyAt: null,
    wasReady: false,
    drainingSince: null,
    terminatedAt: null,
    killedAt: null,
    health: noHealthYet,
    load: null,
    pid: null,
    url: null,
    healthUrl: null,
    healthPort: null,
    progress: 0,
    rssBytes: null,
    token: randomBytes(24).toString('base64url'),
    process: null,
    failure: null,
    killedFor: null,
  };
}

/** `service[-model]-revision-number` with the lowest free number. Also used as a file name. */
function freeId({ service, model, revision }: ProcessTarget, replicas: ReadonlyMap<string, unknown>): string {
  const slug = model.toLowerCase().replaceAll(/[^a-z0-9.]+/g, '-');
  const stem = slug === service ? service : `${service}-${slug}`;
  for (let number = 0; ; number++) {
    const id = `${stem.slice(0, 120)}-${revision}-${number}`;
    if (!replicas.has(id)) return id;
  }
}
