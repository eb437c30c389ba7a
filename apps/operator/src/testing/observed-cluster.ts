import { apiVersion, modelServiceSchema, type ModelServiceInput } from '@kumiki/api';
import type { KubeObject } from '@kumiki/kube';
import type { ObservedPod } from '@kumiki/policy';
import type { Observed, OwnedDeployment, OwnedKind, OwnedObject } from '../cluster/observed.ts';
import { digestAnnotation } from '../objects/object-digest.ts';
import type { Installed } from '../objects/worker-image.ts';
import type { Plan, Write } from '../reconcile/plan.ts';

export const installed: Installed = {
  image: 'kumiki:1',
  pullPolicy: 'IfNotPresent',
  imagePullSecrets: [],
  namespace: 'kumiki',
  logLevel: 'info',
};

export const now = '2026-01-01T00:00:00Z';

/** A cluster in which a ModelService is and nothing of what belongs to it. */
export function observedOf(spec: ModelServiceInput['spec'], more: Partial<Observed> = {}): Observed {
  const manifest = modelServiceSchema.parse({ apiVersion, kind: 'ModelService', metadata: { name: 'shop' }, spec });
  return {
    service: {
      manifest,
      namespace: 'team',
      uid: 'uid-shop',
      generation: 1,
      created: 1,
      deleting: false,
      status: {},
    },
    deployments: [],
    beside: [],
    pods: [],
    nodes: [],
    nameTakenBy: null,
    unreachableMs: new Map(),
    refusal: null,
    ...more,
  };
}

/** What the API server has after the writes of a plan, its pods as they were. */
export function afterWrites(observed: Observed, { writes, status }: Plan): Observed {
  let next: Observed =
    status === null ? observed : { ...observed, service: { ...observed.service, status: { ...status } } };
  for (const write of writes) next = afterWrite(next, write);
  return next;
}

function afterWrite(observed: Observed, write: Write): Observed {
  const { deployments, beside, service } = observed;
  switch (write.kind) {
    case 'apply': {
      const made = ownedOf(write.object, service.uid);
      if (made.kind !== 'Deployment')
        return { ...observed, beside: [...beside.filter((one) => !isSame(one, made)), made] };
      const before = deployments.find((one) => isSame(one, made));
      const revision = write.object.metadata.labels?.['kumiki.dev/revision'] ?? '';
      const deployment: OwnedDeployment = {
        ...made,
        kind: 'Deployment',
        revision,
        size: before?.size ?? 1,
        served: before?.served ?? false,
        refusal: null,
      };
      return { ...observed, deployments: [...deployments.filter((one) => !isSame(one, made)), deployment] };
    }
    case 'token': {
      const secret = { ...ownedOf({ kind: 'Secret', metadata: { name: 'kumiki-shop' } } as KubeObject, service.uid) };
      return { ...observed, beside: [...beside, secret] };
    }
    case 'scale':
      return {
        ...observed,
        deployments: deployments.map((one) => (one.name === write.name ? { ...one, size: write.size } : one)),
      };
    case 'remove':
      return {
        ...observed,
        deployments: deployments.filter((one) => !isSame(one, write.object)),
        beside: beside.filter((one) => !isSame(one, write.object)),
      };
  }
}

function isSame(a: OwnedObject, b: OwnedObject): boolean {
  return a.kind === b.kind && a.name === b.name;
}

function ownedOf({ kind, metadata }: KubeObject, owner: string): OwnedObject {
  return {
    kind: kind as OwnedKind,
    name: metadata.name,
    namespace: 'team',
    uid: `uid-${kind}-${metadata.name}`,
    service: 'shop',
    owner,
    digest: metadata.annotations?.[digestAnnotation] ?? '',
    deleting: false,
  };
}

export function podOf(name: string, revision: string, facts: Partial<ObservedPod> = {}): ObservedPod {
  return {
    name,
    revision,
    ready: true,
    deleting: false,
    unschedulable: null,
    waiting: null,
    ended: null,
    restarts: 0,
    inFlight: 0,
    ...facts,
  };
}

/** Pods as the Deployment controller and kubelets make them: all of the wanted number, and ready. */
export function withPods(observed: Observed): Observed {
  const pods = observed.deployments.flatMap(({ revision, size }) =>
    Array.from({ length: size }, (_, at) => podOf(`shop-${revision}-${at}`, revision)),
  );
  return {
    ...observed,
    pods,
    deployments: observed.deployments.map((one) => ({ ...one, served: one.size > 0 || one.served })),
  };
}
