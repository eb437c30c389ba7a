/** Labels and annotations on the objects and processes that Kumiki makes. */
export const labels = {
  service: 'kumiki.dev/service',
  model: 'kumiki.dev/model',
  revision: 'kumiki.dev/revision',
  replica: 'kumiki.dev/replica',
  managedBy: 'app.kubernetes.io/managed-by',
} as const;

export const apiGroup = 'kumiki.dev';
export const apiVersion = 'kumiki.dev/v1alpha1';
