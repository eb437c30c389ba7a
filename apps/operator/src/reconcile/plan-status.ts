import {
  apiVersion,
  type Condition,
  conditionFor,
  maxConditionMessage,
  maxStatusRevisions,
  type ModelServiceStatus,
  type ObjectCondition,
} from '@kumiki/api';
import type { KubeObject } from '@kumiki/kube';
import { judgeFit, judgePods, type RevisionSize, type StandIns } from '@kumiki/policy';
import type { Observed } from '../cluster/observed.ts';
import { selectorOf } from '../objects/object-labels.ts';

export interface StatusInput {
  readonly observed: Observed;
  readonly models: readonly string[];
  /** The wanted one; null when the manifest cannot be served. */
  readonly revision: string | null;
  readonly desired: number;
  readonly isRemote: boolean;
  /** Why nothing is done at all; null when something is. */
  readonly refusal: Condition | null;
  readonly sizes: readonly RevisionSize[];
  readonly standIns: StandIns;
  readonly requests: Readonly<Record<string, string | number>>;
  /** RFC 3339. */
  readonly now: string;
}

/** The status of a service; null when it is as it was. */
export function planStatus(input: StatusInput): { status: Record<string, unknown> | null; conditions: Condition[] } {
  const { observed, models, revision, now } = input;
  const { service } = observed;
  const pods = observed.pods.filter(({ deleting }) => !deleting);
  const conditions = conditionsOf(input);
  const before = service.status as Partial<ModelServiceStatus>;
  const status: ModelServiceStatus = {
    observedGeneration: service.generation,
    replicas: pods.length,
    readyReplicas: pods.filter(({ ready }) => ready).length,
    selector: Object.entries(selectorOf(service.manifest.metadata.name))
      .map(([name, value]) => `${name}=${value}`)
      .join(','),
    ...(revision === null ? {} : { revision }),
    models: [...models],
    revisions: revisionsOf(input),
    conditions: conditions.map((condition) => timed(condition, before.conditions ?? [], service.generation, now)),
  };
  return { status: same(before, status) ? null : { ...status }, conditions };
}

/** The whole object that is applied as a status. */
export function statusObject(observed: Observed, status: Readonly<Record<string, unknown>>): KubeObject {
  const { manifest, namespace } = observed.service;
  return { apiVersion, kind: 'ModelService', metadata: { name: manifest.metadata.name, namespace }, status };
}

function revisionsOf({
  observed,
  revision,
  sizes,
  standIns,
}: StatusInput): NonNullable<ModelServiceStatus['revisions']> {
  const rows = observed.deployments.map(({ revision: name, size }) => {
    const pods = observed.pods.filter((pod) => pod.revision === name && !pod.deleting);
    const wanted = sizes.find((one) => one.name === name);
    const extra = name === revision && standIns.reason !== null ? `; ${standIns.reason}` : '';
    return {
      name,
      replicas: pods.length,
      ready: pods.filter(({ ready }) => ready).length,
      wanted: wanted?.size ?? size,
      reason: `${wanted?.reason ?? 'as it is'}${extra}`,
    };
  });
  return rows
    .toSorted((a, b) => Number(b.name === revision) - Number(a.name === revision) || (a.name < b.name ? -1 : 1))
    .slice(0, maxStatusRevisions);
}

function conditionsOf(input: StatusInput): Condition[] {
  const { observed, refusal, revision, requests } = input;
  const refused = observed.refusal ?? observed.deployments.find((one) => one.refusal !== null)?.refusal ?? null;
  const degraded =
    refusal ??
    (input.isRemote
      ? conditionFor('Degraded', 'AsWanted', 'The servers are outside; gateways tell whether they answer.')
      : judgePods({ pods: observed.pods, revision: revision ?? '', refusal: refused }));
  const fits = judgeFit({ pods: observed.pods, nodes: observed.nodes, requests, refusal: refused });
  return [readyOf(input), progressOf(input), degraded, fits];
}

function readyOf({ observed, models, desired, isRemote, refusal }: StatusInput): Condition {
  const ready = observed.pods.filter((pod) => pod.ready && !pod.deleting).length;
  if (models.length === 0)
    return conditionFor('Ready', 'NothingToServe', refusal?.message ?? 'No model can be served.');
  if (isRemote) return conditionFor('Ready', 'Serving', 'The model is served by servers outside.');
  if (ready > 0) return conditionFor('Ready', 'Serving', `${ready} of ${desired} replicas answer.`);
  if (desired === 0) return conditionFor('Ready', 'ScaledToZero', 'No replica is wanted.');
  return conditionFor('Ready', 'NoReplicaReady', refusal?.message ?? `None of ${desired} replicas is ready yet.`);
}

function progressOf({ observed, revision, desired, isRemote, refusal }: StatusInput): Condition {
  if (isRemote || refusal !== null) return conditionFor('Progressing', 'Complete', 'Nothing is started.');
  const pods = observed.pods.filter(({ deleting }) => !deleting);
  const fresh = pods.filter((pod) => pod.revision === revision);
  const ready = fresh.filter((pod) => pod.ready).length;
  if (fresh.length < pods.length) {
    return conditionFor(
      'Progressing',
      'RollingOut',
      `${ready} of ${desired} replicas of revision ${revision} are ready.`,
    );
  }
  if (ready !== desired || fresh.length !== desired) {
    return conditionFor('Progressing', 'Scaling', `${ready} of ${desired} replicas are ready.`);
  }
  return conditionFor('Progressing', 'Complete', 'What is wanted is there.');
}

/** A condition keeps the time of its last change for as long as its status stays. */
function timed(
  { type, status, reason, message }: Condition,
  before: readonly ObjectCondition[],
  observedGeneration: number,
  now: string,
): ObjectCondition {
  const old = before.find((condition) => condition.type === type);
  const lastTransitionTime = old?.status === status ? old.lastTransitionTime : now;
  return {
    type,
    status,
    reason,
    message: message.slice(0, maxConditionMessage),
    lastTransitionTime,
    observedGeneration,
  };
}

/** Whether two values say the same; the API server gives members in an order of its own. */
function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => same((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name]))
  );
}
