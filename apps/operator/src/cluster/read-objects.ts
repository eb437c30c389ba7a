import { apiVersion, labels, type ModelService, modelServiceSchema } from '@kumiki/api';
import type { KubeObject } from '@kumiki/kube';
import type { ObservedNode, ObservedPod } from '@kumiki/policy';
import { z } from 'zod';
import { digestAnnotation } from '../objects/object-digest.ts';
import type { ClusterService } from '../objects/observed-service.ts';
import type { OwnedDeployment, OwnedKind, OwnedObject } from './observed.ts';

/** What caches keep of objects. What the API server sends is checked where it is read, and only what is used is kept. */

export type KeptService =
  | { readonly ok: true; readonly service: ClusterService }
  /** A spec that this version of the operator does not understand. */
  | { readonly ok: false; readonly problem: string };

export function readService(object: KubeObject): KeptService {
  const { metadata } = object;
  const { name, namespace = '', labels: own, annotations } = metadata;
  const manifest = {
    apiVersion,
    kind: 'ModelService',
    metadata: { name, namespace, ...(own && { labels: own }), ...(annotations && { annotations }) },
    spec: object['spec'],
  };
  const read = modelServiceSchema.safeParse(manifest);
  if (!read.success) return { ok: false, problem: read.error.issues[0]?.message ?? 'it has another form' };
  const service: ModelService = read.data;
  return {
    ok: true,
    service: {
      manifest: service,
      namespace,
      uid: metadata.uid ?? '',
      generation: metadata.generation ?? 0,
      created: Math.floor(Date.parse(metadata.creationTimestamp ?? '') / 1_000) || 0,
      deleting: metadata.deletionTimestamp !== undefined,
      status: record.catch({}).parse(object['status'] ?? {}),
    },
  };
}

const record = z.record(z.string(), z.unknown());

export function readOwned(kind: OwnedKind): (object: KubeObject) => OwnedObject {
  return ({ metadata }) => ({
    kind,
    name: metadata.name,
    namespace: metadata.namespace ?? '',
    uid: metadata.uid ?? '',
    service: metadata.labels?.[labels.service] ?? '',
    owner: metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid ?? '',
    digest: metadata.annotations?.[digestAnnotation] ?? '',
    deleting: metadata.deletionTimestamp !== undefined,
  });
}

const deploymentSchema = z.object({
  spec: z.object({ replicas: z.int().catch(1) }),
  status: z
    .object({
      availableReplicas: z.int().catch(0),
      conditions: z
        .array(
          z.object({
            type: z.string(),
            status: z.string(),
            reason: z.string().catch(''),
            message: z.string().catch(''),
          }),
        )
        .catch([]),
    })
    .catch({ availableReplicas: 0, conditions: [] }),
});

const readOwnedDeployment = readOwned('Deployment');

export function readDeployment(object: KubeObject): OwnedDeployment {
  const { spec, status } = deploymentSchema.parse(object);
  const condition = (type: string) => status.conditions.find((one) => one.type === type);
  const failure = condition('ReplicaFailure');
  return {
    ...readOwnedDeployment(object),
    kind: 'Deployment',
    revision: object.metadata.labels?.[labels.revision] ?? '',
    size: spec.replicas,
    served: status.availableReplicas > 0 || condition('Progressing')?.reason === 'NewReplicaSetAvailable',
    refusal: failure?.status === 'True' ? failure.message : null,
  };
}

const stateSchema = z.object({
  waiting: z.object({ reason: z.string().catch(''), message: z.string().catch('') }).optional(),
  terminated: z
    .object({ reason: z.string().catch(''), exitCode: z.int().catch(0), message: z.string().catch('') })
    .optional(),
});
const containerSchema = z.object({
  restartCount: z.int().catch(0),
  state: stateSchema.catch({}),
  lastState: stateSchema.catch({}),
});
const podSchema = z.object({
  status: z
    .object({
      conditions: z
        .array(
          z.object({
            type: z.string(),
            status: z.string(),
            reason: z.string().catch(''),
            message: z.string().catch(''),
          }),
        )
        .catch([]),
      containerStatuses: z.array(containerSchema).catch([]),
      initContainerStatuses: z.array(containerSchema).catch([]),
    })
    .catch({ conditions: [], containerStatuses: [], initContainerStatuses: [] }),
});

export interface KeptPod extends ObservedPod {
  readonly service: string;
}

export function readPod(object: KubeObject): KeptPod {
  const { status } = podSchema.parse(object);
  const containers = [...status.initContainerStatuses, ...status.containerStatuses];
  const scheduled = status.conditions.find(({ type }) => type === 'PodScheduled');
  const waiting = containers.find(
    ({ state }) => state.waiting !== undefined && state.waiting.reason !== 'PodInitializing',
  );
  const ended = containers.flatMap(({ state, lastState }) => state.terminated ?? lastState.terminated ?? []);
  return {
    name: object.metadata.name,
    service: object.metadata.labels?.[labels.service] ?? '',
    revision: object.metadata.labels?.[labels.revision] ?? '',
    ready: status.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    deleting: object.metadata.deletionTimestamp !== undefined,
    unschedulable: scheduled?.status === 'False' ? scheduled.message : null,
    waiting: waiting?.state.waiting ?? null,
    ended: ended.find(({ exitCode }) => exitCode !== 0) ?? null,
    restarts: containers.reduce((sum, { restartCount }) => sum + restartCount, 0),
    inFlight: 0,
  };
}

const nodeSchema = z.object({
  spec: z.object({ unschedulable: z.boolean().catch(false) }).catch({ unschedulable: false }),
  status: z.object({ allocatable: z.record(z.string(), z.string()).catch({}) }).catch({ allocatable: {} }),
});

export function readNode(object: KubeObject): ObservedNode {
  const { spec, status } = nodeSchema.parse(object);
  return { name: object.metadata.name, usable: !spec.unschedulable, allocatable: status.allocatable };
}
