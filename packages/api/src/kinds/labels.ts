/** Labels and annotations on the objects and processes that Kumiki makes. */
export const labels = {
  service: 'kumiki.dev/service',
  model: 'kumiki.dev/model',
  revision: 'kumiki.dev/revision',
  replica: 'kumiki.dev/replica',
  managedBy: 'app.kubernetes.io/managed-by',
} as const;

/** `app.kubernetes.io/managed-by` of what the operator makes, and the name of its fields. */
export const operatorName = 'kumiki-operator';

/** The label that says in which zone of a cluster something runs. Kubernetes copies it from nodes to their pods. */
export const zoneLabel = 'topology.kubernetes.io/zone';

export const apiGroup = 'kumiki.dev';
export const apiVersion = 'kumiki.dev/v1alpha1';
