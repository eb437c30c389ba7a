import { createHash } from 'node:crypto';
import { apiVersion, labels, modelServiceSchema, zoneLabel } from '@kumiki/api';
import type { KubeObject } from '@kumiki/kube';
import { type RoutedPod, type RoutedServiceRead, routeService } from '@kumiki/policy';
import { z } from 'zod';

/** What caches keep of objects. What the API server sends is checked where it is read, and only what is used is kept. */

/** The port of our worker, for a pod that does not name its own. */
const defaultHttpPort = 8_000;
/** The names that the operator gives to ports. */
const portNames = { http: 'http', ops: 'ops' };

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** @param home see `RouteContext` of @kumiki/policy. */
export function readRoutedService(object: KubeObject, home: string | null): RoutedServiceRead {
  const { name, namespace = '', annotations, uid = '' } = object.metadata;
  const read = modelServiceSchema.safeParse({
    apiVersion,
    kind: 'ModelService',
    metadata: { name, namespace, ...(annotations && { annotations }) },
    spec: object['spec'],
  });
  if (!read.success) return { ok: false, reason: read.error.issues[0]?.message ?? 'it has another form' };
  return routeService(read.data, { namespace, uid, created: createdAt(object), digest: sha256, home });
}

const portSchema = z.object({ name: z.string().catch(''), containerPort: z.int().min(1).max(65_535) });
const podSchema = z.object({
  spec: z
    .object({ containers: z.array(z.object({ ports: z.array(portSchema).catch([]) })).catch([]) })
    .catch({ containers: [] }),
  status: z
    .object({
      phase: z.string().catch(''),
      podIP: z.union([z.ipv4(), z.ipv6()]).nullable().catch(null),
      conditions: z.array(z.object({ type: z.string(), status: z.string() })).catch([]),
      containerStatuses: z
        .array(
          z.object({
            restartCount: z.int().min(0).catch(0),
            started: z.boolean().catch(false),
            state: z.object({ running: z.unknown().optional(), terminated: z.unknown().optional() }).catch({}),
          }),
        )
        .catch([]),
    })
    .catch({ phase: '', podIP: null, conditions: [], containerStatuses: [] }),
});

export function readRoutedPod(object: KubeObject): RoutedPod {
  const { metadata } = object;
  const { spec, status } = podSchema.parse(object);
  const ports = spec.containers.flatMap((container) => container.ports);
  const portOf = (name: string): number | undefined => ports.find((port) => port.name === name)?.containerPort;
  const [container] = status.containerStatuses;
  const { running, terminated } = container?.state ?? {};
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    service: metadata.labels?.[labels.service] ?? '',
    revision: metadata.labels?.[labels.revision] ?? '',
    address: status.podIP,
    httpPort: portOf(portNames.http) ?? defaultHttpPort,
    opsPort: portOf(portNames.ops) ?? null,
    zone: metadata.labels?.[zoneLabel] || null,
    ready: status.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    started: container?.started === true && running !== undefined,
    ended: terminated !== undefined || status.phase === 'Succeeded' || status.phase === 'Failed',
    deleting: metadata.deletionTimestamp !== undefined,
    restarts: container?.restartCount ?? 0,
    created: createdAt(object),
  };
}

/** Unix seconds. */
function createdAt({ metadata }: KubeObject): number {
  return Math.floor(Date.parse(metadata.creationTimestamp ?? '') / 1_000) || 0;
}
