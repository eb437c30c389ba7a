import { type Condition, conditionFor, type Replica, type ServiceStatus } from '@kumiki/api';
import { describeRemotes, describeReplica, type ProcessFacts } from './describe-replica.ts';
import { isServing, type ObservedReplica } from './observed-replica.ts';
import type { OutsideServers } from './outside-servers.ts';
import type { ServedService } from './served-service.ts';
import type { Resolution, Target } from './target.ts';

/**
 * A service as the API shows it: its spec, its replicas and its conditions.
 * @param replicas of all services.
 * @param processOf returns the facts about a replica's process.
 */
export function describeService<Observed extends ObservedReplica>(
  { manifest, resolution }: ServedService,
  replicas: readonly Observed[],
  outside: Pick<OutsideServers, 'refusalOf'>,
  processOf?: (replica: Observed) => ProcessFacts,
): ServiceStatus {
  const own = replicas.filter(({ service }) => service === manifest.metadata.name);
  const targets = resolution.ok ? resolution.targets : [];
  const remotes = targets.flatMap((target) => (target.kind === 'remote' ? describeRemotes(target, outside) : []));
  const usable = remotes.filter(({ phase }) => phase === 'ready');
  const desired = targets.reduce((sum, target) => sum + wantedOf(target), 0);
  return {
    object: 'kumiki.service',
    manifest,
    models: targets.map(({ model }) => model),
    revision: targets.map(({ revision }) => revision).join(' '),
    simulated: targets.some((target) => target.kind === 'process' && target.launch.engine.kind === 'simulated'),
    desired,
    ready: own.filter(isServing).length + usable.length,
    conditions: [
      readyCondition(targets, own, usable),
      progressCondition(targets, own),
      degradedCondition(resolution, own, remotes),
    ],
    replicas: [...own.map((replica) => describeReplica(replica, processOf?.(replica))), ...remotes].toSorted((a, b) =>
      a.id < b.id ? -1 : 1,
    ),
  };
}

function wantedOf(target: Target): number {
  return target.kind === 'remote' ? target.urls.length : target.replicas;
}

/** Ready: every model of the service can answer. A service scaled to zero counts as ready. */
function readyCondition(
  targets: readonly Target[],
  own: readonly ObservedReplica[],
  usable: readonly Replica[],
): Condition {
  const waiting = targets.filter((target) =>
    target.kind === 'process'
      ? target.replicas > 0 && !own.some((replica) => replica.key === target.key && isServing(replica))
      : !usable.some(({ model }) => model === target.model),
  );
  if (targets.length === 0) return conditionFor('Ready', 'NothingToServe', 'No model of this service can be served.');
  if (waiting.length > 0) {
    const names = waiting.map(({ model }) => model).join(', ');
    return conditionFor('Ready', 'NoReplicaReady', `No replica is ready of: ${names}.`);
  }
  const off = targets.every((target) => wantedOf(target) === 0);
  return off
    ? conditionFor('Ready', 'ScaledToZero', 'No replica is wanted.')
    : conditionFor('Ready', 'Serving', 'Every model has a replica that answers.');
}

/** Progressing: the service is converging on its spec. */
function progressCondition(targets: readonly Target[], own: readonly ObservedReplica[]): Condition {
  for (const target of targets) {
    if (target.kind === 'remote') continue;
    const replicas = own.filter(({ key }) => key === target.key);
    const fresh = replicas.filter(({ revision }) => revision === target.revision);
    const ready = fresh.filter(isServing).length;
    if (fresh.length < replicas.length) {
      const message = `${target.model}: ${ready} of ${target.replicas} replicas of revision ${target.revision} are ready.`;
      return conditionFor('Progressing', 'RollingOut', message);
    }
    if (ready !== target.replicas || replicas.length !== target.replicas) {
      const message = `${target.model}: ${ready} of ${target.replicas} replicas are ready.`;
      return conditionFor('Progressing', 'Scaling', message);
    }
  }
  return conditionFor('Progressing', 'Complete', 'What is wanted is there.');
}

/** Degraded: something is wrong that a replica's start does not resolve. */
function degradedCondition(
  resolution: Resolution,
  own: readonly ObservedReplica[],
  remotes: readonly Replica[],
): Condition {
  if (!resolution.ok) return conditionFor('Degraded', 'CannotBeServed', sentence(resolution.reason));
  const refused = remotes.find(({ phase }) => phase !== 'ready');
  if (refused !== undefined)
    return conditionFor('Degraded', 'MayNotBeUsed', `${refused.id}: ${sentence(refused.reason)}`);
  const staying = own.filter(({ drainingSince }) => drainingSince === null);
  const worst =
    staying.find(({ ended }) => ended !== null) ??
    staying.find(({ crashes, readyAt }) => crashes > 0 && readyAt === null);
  if (worst === undefined) return conditionFor('Degraded', 'AsWanted', 'No replica fails.');
  const current = resolution.targets.find(({ key }) => key === worst.key)?.revision === worst.revision;
  const oldServes = own.some((replica) => replica.revision !== worst.revision && isServing(replica));
  const kept = current && oldServes ? ' The revision before it goes on serving.' : '';
  const why = worst.lastEnd?.reason ?? 'it failed';
  const reason = current && oldServes ? 'NewRevisionFails' : 'ReplicaFails';
  return conditionFor('Degraded', reason, `${worst.id}: ${sentence(why)}${kept}`);
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
