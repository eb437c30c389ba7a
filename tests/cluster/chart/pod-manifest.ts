import type { PodSpec } from './render-chart.ts';

export interface PodManifest {
  readonly apiVersion: 'v1';
  readonly kind: 'Pod';
  readonly metadata: { readonly name: string };
  readonly spec: object;
}

/**
 * A pod of a workload by itself, for the API server to check: without what it looks up when a pod is created, and with folders for the
 * volumes that a StatefulSet adds.
 */
export function podManifest(name: string, pod: PodSpec): PodManifest {
  const { serviceAccountName: _, ...rest } = pod;
  const { priorityClassName: _priority, ...spec } = rest as typeof rest & { priorityClassName?: string };
  const { volumes = [] } = spec;
  const there = new Set(volumes.map((volume) => volume.name));
  const mounted = new Set(spec.containers.flatMap(({ volumeMounts = [] }) => volumeMounts.map((mount) => mount.name)));
  const claims = [...mounted].filter((mount) => !there.has(mount)).map((mount) => ({ name: mount, emptyDir: {} }));
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { ...spec, volumes: [...volumes, ...claims] } };
}
