import type { ObjectKey } from './kube-object.ts';

/** What the API server calls a resource: one kind in one version. */
export interface ResourceRef {
  /** `v1`, or `group/version`. */
  readonly apiVersion: string;
  readonly kind: string;
  /** The name in paths: `pods`. */
  readonly plural: string;
  readonly namespaced: boolean;
}

/** Resources of Kubernetes itself that Kumiki reads or writes. */
export const resources = {
  pods: { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true },
  services: { apiVersion: 'v1', kind: 'Service', plural: 'services', namespaced: true },
  secrets: { apiVersion: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true },
  configMaps: { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true },
  persistentVolumeClaims: {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    plural: 'persistentvolumeclaims',
    namespaced: true,
  },
  nodes: { apiVersion: 'v1', kind: 'Node', plural: 'nodes', namespaced: false },
  namespaces: { apiVersion: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false },
  deployments: { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', namespaced: true },
  replicaSets: { apiVersion: 'apps/v1', kind: 'ReplicaSet', plural: 'replicasets', namespaced: true },
  podDisruptionBudgets: {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    plural: 'poddisruptionbudgets',
    namespaced: true,
  },
  networkPolicies: {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    plural: 'networkpolicies',
    namespaced: true,
  },
  leases: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', plural: 'leases', namespaced: true },
  events: { apiVersion: 'events.k8s.io/v1', kind: 'Event', plural: 'events', namespaced: true },
  customResourceDefinitions: {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    plural: 'customresourcedefinitions',
    namespaced: false,
  },
} as const satisfies Readonly<Record<string, ResourceRef>>;

/** The path of a resource's list: in one namespace, or in all of them where it is empty. */
export function listPath({ apiVersion, plural, namespaced }: ResourceRef, namespace: string): string {
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const within = namespaced && namespace !== '' ? `/namespaces/${pathSegment(namespace)}` : '';
  return `${base}${within}/${plural}`;
}

/** The path of one object, and of its subresource. */
export function objectPath(resource: ResourceRef, { namespace, name }: ObjectKey, subresource?: string): string {
  if (resource.namespaced && namespace === '') throw new TypeError(`a ${resource.kind} has a namespace: ${name}`);
  const path = `${listPath(resource, namespace)}/${pathSegment(name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

/** A name as one segment of a path: `..` and `/` in it reach no other object. */
function pathSegment(name: string): string {
  if (name === '' || name === '.' || name === '..') throw new TypeError(`'${name}' names no object`);
  return encodeURIComponent(name);
}
