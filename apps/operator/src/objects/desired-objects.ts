import { labels } from '@kumiki/api';
import type { KubeObject } from '@kumiki/kube';
import { labelsOf, ownedBy, partOf, selectorOf } from './object-labels.ts';
import { deploymentName, objectName } from './object-names.ts';
import type { ClusterService } from './observed-service.ts';
import { podTemplate, type PodWorkload, revisionOf } from './pod-template.ts';
import type { Workload } from './resolve-model.ts';
import { opsPort, type PodResources, workerPort } from './worker-container.ts';
import type { Installed } from './worker-image.ts';

/** Namespaces that carry this label may read the metrics of workers. */
const scrapesLabel = 'kumiki.dev/scrapes';
/** Beyond the start time of a pod before a Deployment counts as stuck. */
const progressMarginSeconds = 60;

export interface DesiredObjects {
  /** The Deployment of the wanted revision, without its size. */
  readonly deployment: KubeObject;
  /** What one pod asks for. */
  readonly resources: PodResources;
  /** Everything else but the Secret, which is made once. */
  readonly beside: readonly KubeObject[];
}

/** The objects of a service that runs pods. The same service gives the same objects. */
export function desiredObjects(service: ClusterService, workload: PodWorkload, installed: Installed): DesiredObjects {
  const { template, resources } = podTemplate(
    service.manifest.metadata.name,
    workload,
    service.manifest.spec,
    installed,
  );
  return {
    deployment: deployment(service, revisionOf(workload), template),
    resources,
    beside: [
      headlessService(service, workload),
      disruptionBudget(service),
      networkPolicy(service, workload, installed),
    ],
  };
}

function metadata(
  service: ClusterService,
  name: string,
  more: Readonly<Record<string, string>> = {},
): KubeObject['metadata'] {
  const owner = service.manifest.metadata.name;
  return {
    name,
    namespace: service.namespace,
    labels: { ...labelsOf(owner), ...more },
    ownerReferences: [ownedBy({ name: owner, uid: service.uid })],
  };
}

function deployment(service: ClusterService, revision: string, template: object): KubeObject {
  const { metadata: own, spec } = service.manifest;
  const ofRevision = { [labels.revision]: revision };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(service, deploymentName(own.name, revision), ofRevision),
    spec: {
      revisionHistoryLimit: 1,
      progressDeadlineSeconds: Math.ceil(spec.rollout.startTimeoutMs / 1_000) + progressMarginSeconds,
      // Of one revision pods are only exchanged for a new version of Kumiki itself.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: '25%' } },
      selector: { matchLabels: { ...selectorOf(own.name), ...ofRevision } },
      template,
    },
  };
}

function headlessService(service: ClusterService, workload: PodWorkload): KubeObject {
  const { name } = service.manifest.metadata;
  const ops = workload.kind === 'worker' ? [{ name: 'ops', port: opsPort, targetPort: 'ops', protocol: 'TCP' }] : [];
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(service, objectName(name)),
    spec: {
      clusterIP: 'None',
      selector: selectorOf(name),
      ports: [{ name: 'http', port: portOf(workload), targetPort: 'http', protocol: 'TCP' }, ...ops],
    },
  };
}

function portOf(workload: PodWorkload): number {
  return workload.kind === 'worker' ? workerPort : workload.engine.port;
}

/** One pod of a service at a time may be evicted, and one that is not ready does not hold up a drain. */
function disruptionBudget(service: ClusterService): KubeObject {
  const { name } = service.manifest.metadata;
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadata(service, objectName(name)),
    spec: {
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: selectorOf(name) },
    },
  };
}

/** In: gateways, and scrapers where there are metrics. Out: nothing, except for a model that comes from outside. */
function networkPolicy(service: ClusterService, workload: PodWorkload, installed: Installed): KubeObject {
  const { name } = service.manifest.metadata;
  const gateways = {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': installed.namespace } },
    podSelector: { matchLabels: { 'app.kubernetes.io/part-of': partOf, 'app.kubernetes.io/component': 'gateway' } },
  };
  const scrapers = { namespaceSelector: { matchLabels: { [scrapesLabel]: 'true' } } };
  const http = { protocol: 'TCP', port: 'http' };
  const ops = { protocol: 'TCP', port: 'ops' };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(service, objectName(name)),
    spec: {
      podSelector: { matchLabels: selectorOf(name) },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        { from: [gateways], ports: workload.kind === 'worker' ? [http, ops] : [http] },
        { from: [scrapers], ports: [http] },
      ],
      egress: loadsFromOutside(workload) ? [{}] : [],
    },
  };
}

function loadsFromOutside(workload: PodWorkload): boolean {
  return workload.place.kind === 'download' || (workload.kind === 'container' && workload.place.kind === 'none');
}

/** The Secret with the token of a service's workers. It is made once and never changes. */
export function tokenSecret(service: ClusterService, token: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: metadata(service, objectName(service.manifest.metadata.name)),
    type: 'Opaque',
    immutable: true,
    data: { token: Buffer.from(token).toString('base64') },
  };
}

/** Whether a workload is asked for a token. */
export function wantsToken(workload: Workload): boolean {
  return workload.kind === 'worker';
}
