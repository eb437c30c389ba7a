import { type Condition, conditionFor } from '@kumiki/api';
import type { KubeObject } from '@kumiki/kube';
import { chooseSizes, chooseStandIns, type ObservedRevision, type RevisionSize, type StandIns } from '@kumiki/policy';
import type { Observed, OwnedKind, OwnedObject } from '../cluster/observed.ts';
import { desiredObjects, wantsToken } from '../objects/desired-objects.ts';
import { digestOf, withDigest } from '../objects/object-digest.ts';
import { deploymentName, objectName } from '../objects/object-names.ts';
import { type PodWorkload, revisionOf } from '../objects/pod-template.ts';
import { resolveModel, type Workload } from '../objects/resolve-model.ts';
import type { Installed } from '../objects/worker-image.ts';
import { planStatus } from './plan-status.ts';

export type Write =
  /** Creates an object, or makes it what it is to be. */
  | { readonly kind: 'apply'; readonly object: KubeObject; readonly reason: string }
  /** Creates the Secret with a token of its own. */
  | { readonly kind: 'token'; readonly reason: string }
  | { readonly kind: 'scale'; readonly name: string; readonly size: number; readonly reason: string }
  | { readonly kind: 'remove'; readonly object: OwnedObject; readonly reason: string };

export interface Plan {
  /** In this order. */
  readonly writes: readonly Write[];
  /** null when the status is already so. */
  readonly status: Readonly<Record<string, unknown>> | null;
  readonly conditions: readonly Condition[];
}

/** A size that a Deployment has when nobody has given it one. */
const defaultSize = 1;

/**
 * What brings the objects of a service nearer to what they are to be. Pure: the same state gives the same plan, and a
 * state that is as wanted gives an empty one.
 * @param now RFC 3339.
 */
export function plan(observed: Observed, installed: Installed, now: string): Plan {
  const { service } = observed;
  const resolved = resolveModel(service.manifest, service.created);
  if (service.deleting) return { writes: [], status: null, conditions: [] };
  if (!resolved.ok) return withStatus(observed, null, [], refusedBy('CannotBeServed', `${resolved.reason}.`), now);
  const { workload } = resolved;
  if (observed.nameTakenBy !== null) {
    const message = `The model name '${modelOf(workload)}' is already that of the ModelService ${observed.nameTakenBy}. Give one of them another spec.model.name.`;
    return withStatus(observed, workload, [], refusedBy('ModelNameTaken', message), now);
  }
  const stranger = strangerOf(observed, workload);
  if (stranger !== null) {
    const message = `The ${stranger.kind} '${stranger.name}' is needed, and there is one that belongs to somebody else. Remove it, or rename this service.`;
    return withStatus(observed, workload, [], refusedBy('ObjectRefused', message), now);
  }
  if (workload.kind === 'remote') return withStatus(observed, workload, removeAll(observed), null, now);
  return planPods(observed, workload, installed, now);
}

function refusedBy(reason: 'CannotBeServed' | 'ModelNameTaken' | 'ObjectRefused', message: string): Condition {
  return conditionFor('Degraded', reason, message);
}

function modelOf(workload: Workload): string {
  return workload.kind === 'worker' ? workload.target.model : workload.model;
}

function replicasOf(workload: PodWorkload): number {
  return workload.kind === 'worker' ? workload.target.replicas : workload.replicas;
}

function planPods(observed: Observed, workload: PodWorkload, installed: Installed, now: string): Plan {
  const desired = desiredObjects(observed.service, workload, installed);
  const standIns = chooseStandIns(
    replicasOf(workload),
    observed.pods
      .filter(({ deleting }) => !deleting)
      .map(({ name, ready }) => ({ name, ready, unreachableMs: observed.unreachableMs.get(name) ?? null })),
  );
  const sizes = chooseSizes(replicasOf(workload) + standIns.count, revisionOf(workload), revisionsOf(observed));
  const writes: Write[] = [
    ...(wantsToken(workload) ? planToken(observed) : []),
    ...desired.beside.flatMap((object) => planApply(object, observed.beside, 'Kumiki wants it so')),
    ...planDeployments(observed, desired.deployment, sizes, revisionOf(workload)),
  ];
  return withStatus(observed, workload, writes, null, now, { sizes, standIns, requests: desired.resources.requests });
}

function revisionsOf({ deployments, pods }: Observed): ObservedRevision[] {
  return deployments
    .filter(({ deleting }) => !deleting)
    .map(({ revision, size, served }) => ({
      name: revision,
      size,
      served,
      pods: pods.filter((pod) => pod.revision === revision && !pod.deleting),
    }));
}

function planToken({ beside, service }: Observed): Write[] {
  const name = objectName(service.manifest.metadata.name);
  const there = beside.some((object) => object.kind === 'Secret' && object.name === name);
  return there ? [] : [{ kind: 'token', reason: 'workers need a token' }];
}

/** Writes an object that is missing, or that was made from something else. */
function planApply(object: KubeObject, there: readonly OwnedObject[], reason: string): Write[] {
  const { name } = object.metadata;
  const before = there.find((one) => one.kind === object.kind && one.name === name);
  if (before?.digest === digestOf(object)) return [];
  return [{ kind: 'apply', object: withDigest(object), reason: before === undefined ? 'it is missing' : reason }];
}

function planDeployments(
  { deployments, service, pods }: Observed,
  wanted: KubeObject,
  sizes: readonly RevisionSize[],
  revision: string,
): Write[] {
  const writes: Write[] = [];
  for (const { name, size, reason } of sizes) {
    const there = deployments.find((deployment) => deployment.revision === name && !deployment.deleting);
    const isWanted = name === revision;
    // A Deployment without a size would get one pod, so it is only made for one.
    if (isWanted && (there !== undefined || size > 0)) {
      writes.push(...planApply(wanted, deployments, 'its pods are to be others'));
    }
    const hasSize = there?.size ?? (size > 0 ? defaultSize : 0);
    if (hasSize !== size) {
      writes.push({ kind: 'scale', name: deploymentName(service.manifest.metadata.name, name), size, reason });
    }
    const isLeft = there !== undefined && !isWanted && there.size === 0 && size === 0;
    if (isLeft && !pods.some((pod) => pod.revision === name)) {
      writes.push({ kind: 'remove', object: there, reason: 'a newer revision has taken its place' });
    }
  }
  return writes;
}

function removeAll({ deployments, beside, service }: Observed): Write[] {
  return [...deployments, ...beside]
    .filter(({ owner, deleting }) => owner === service.uid && !deleting)
    .map((object): Write => ({ kind: 'remove', object, reason: 'the model runs on servers outside' }));
}

/** An object of somebody else that has a name which this service needs. */
function strangerOf({ beside, deployments, service }: Observed, workload: Workload): OwnedObject | null {
  const { name } = service.manifest.metadata;
  const kinds: readonly OwnedKind[] =
    workload.kind === 'remote'
      ? []
      : ['Service', 'PodDisruptionBudget', 'NetworkPolicy', ...(wantsToken(workload) ? (['Secret'] as const) : [])];
  const own = objectName(name);
  const strange = (object: OwnedObject): boolean => object.owner !== service.uid && !object.deleting;
  return (
    beside.find((object) => kinds.includes(object.kind) && object.name === own && strange(object)) ??
    deployments.find((object) => object.name === deploymentName(name, revisionOf(workload)) && strange(object)) ??
    null
  );
}

interface PodFacts {
  readonly sizes: readonly RevisionSize[];
  readonly standIns: StandIns;
  readonly requests: Readonly<Record<string, string | number>>;
}

function withStatus(
  observed: Observed,
  workload: Workload | null,
  writes: readonly Write[],
  refusal: Condition | null,
  now: string,
  facts: PodFacts | null = null,
): Plan {
  const models = workload === null ? [] : [modelOf(workload)];
  const revision = workload === null ? null : revisionOf(workload);
  const { status, conditions } = planStatus({
    observed,
    models,
    revision,
    desired: workload === null || workload.kind === 'remote' ? 0 : replicasOf(workload),
    isRemote: workload?.kind === 'remote',
    refusal,
    sizes: facts?.sizes ?? [],
    standIns: facts?.standIns ?? { count: 0, reason: null },
    requests: facts?.requests ?? {},
    now,
  });
  return { writes, status, conditions };
}
