import { apiGroup } from '@kumiki/api';

/** A rule of a Role of Kubernetes. */
export interface Right {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Why the operator needs it. */
  readonly why: string;
}

/**
 * What the operator may do in the namespaces that it serves; the chart makes its Role from this. No wildcard, and no verb
 * that nothing uses.
 */
export const operatorRights: readonly Right[] = [
  { apiGroups: [apiGroup], resources: ['modelservices'], verbs: ['list', 'watch'], why: 'what is wanted' },
  { apiGroups: [apiGroup], resources: ['modelservices/status'], verbs: ['patch'], why: 'tells how it stands' },
  {
    apiGroups: ['apps'],
    resources: ['deployments'],
    verbs: ['list', 'watch', 'create', 'patch', 'delete'],
    why: 'one for each revision; server-side apply of a new object wants create',
  },
  { apiGroups: ['apps'], resources: ['deployments/scale'], verbs: ['patch'], why: 'their sizes' },
  { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'], why: 'which replicas are ready, and why not' },
  {
    apiGroups: [''],
    resources: ['services'],
    verbs: ['list', 'watch', 'create', 'patch', 'delete'],
    why: 'headless, for scrapers and other routers',
  },
  {
    apiGroups: [''],
    resources: ['secrets'],
    verbs: ['list', 'watch', 'create', 'delete'],
    why: "the tokens of workers; only those with the operator's label are listed",
  },
  {
    apiGroups: ['policy'],
    resources: ['poddisruptionbudgets'],
    verbs: ['list', 'watch', 'create', 'patch', 'delete'],
    why: 'one pod of a service at a time is evicted',
  },
  {
    apiGroups: ['networking.k8s.io'],
    resources: ['networkpolicies'],
    verbs: ['list', 'watch', 'create', 'patch', 'delete'],
    why: 'only gateways reach workers',
  },
  {
    apiGroups: ['events.k8s.io'],
    resources: ['events'],
    verbs: ['create', 'patch'],
    why: 'what kubectl describe shows',
  },
  {
    // An owner reference that blocks the deletion of its owner wants this right where that is checked.
    apiGroups: [apiGroup],
    resources: ['modelservices/finalizers'],
    verbs: ['update'],
    why: 'owner references that hold up the deletion of their owner',
  },
];

/** What it may do in the whole cluster. */
export const operatorClusterRights: readonly Right[] = [
  { apiGroups: [''], resources: ['nodes'], verbs: ['list', 'watch'], why: 'how large the largest node is' },
];

/** What it may do in its own namespace. */
export const operatorOwnRights: readonly Right[] = [
  {
    apiGroups: ['coordination.k8s.io'],
    resources: ['leases'],
    verbs: ['get', 'create', 'update'],
    why: 'one of the operators acts',
  },
];
