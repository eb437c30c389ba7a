import { labels, type ModelServiceSpec, type PodSettings, zoneLabel } from '@kumiki/api';
import { modelMounts } from './model-volumes.ts';
import { labelsOf, selectorOf } from './object-labels.ts';
import { objectName } from './object-names.ts';
import { podSecurity, workerUser } from './pod-security.ts';
import type { Workload } from './resolve-model.ts';
import {
  engineContainer,
  type PodResources,
  scratchVolume,
  settleSeconds,
  tokenKey,
  tokenVolume,
  workerContainer,
} from './worker-container.ts';
import type { Installed } from './worker-image.ts';

/** How long a pod stays on a node that is not heard of. */
const deadNodeSeconds = 30;
/** Between a container's own limit for ending and the signal that nothing survives. */
const graceMarginSeconds = 5;

export type PodWorkload = Exclude<Workload, { kind: 'remote' }>;

export interface PodTemplate {
  readonly template: object;
  readonly resources: PodResources;
}

/** The pods of one revision: one container, under the Pod Security Standard `restricted`. */
export function podTemplate(
  service: string,
  workload: PodWorkload,
  spec: ModelServiceSpec,
  installed: Installed,
): PodTemplate {
  const { pod, place } = workload;
  const isWorker = workload.kind === 'worker';
  const { volumes, mounts, initContainers } = modelMounts(place, installed.image, installed.pullPolicy);
  const { container, resources } = isWorker
    ? workerContainer(workload.target, place, pod, mounts, installed)
    : engineContainer(workload.engine, place, pod, mounts, spec.rollout.startTimeoutMs);
  const revision = revisionOf(workload);
  const template = {
    metadata: { labels: { ...labelsOf(service), [labels.revision]: revision } },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds:
        Math.ceil(spec.rollout.drainTimeoutMs / 1_000) + settleSeconds + graceMarginSeconds,
      securityContext: podSecurity(isWorker ? workerUser : workload.engine.user),
      ...pullSecrets([...pod.imagePullSecrets, ...(isWorker ? installed.imagePullSecrets : [])]),
      ...placement(service, pod),
      ...(initContainers.length === 0 ? {} : { initContainers }),
      containers: [container],
      volumes: [
        ...(isWorker ? [tokenVolumeOf(service)] : []),
        { name: scratchVolume, emptyDir: {} },
        ...sharedMemory(workload),
        ...volumes,
      ],
    },
  };
  return { template, resources };
}

export function revisionOf(workload: Workload): string {
  return workload.kind === 'worker' ? workload.target.revision : workload.revision;
}

function tokenVolumeOf(service: string): object {
  return {
    name: tokenVolume,
    secret: { secretName: objectName(service), defaultMode: 0o440, items: [{ key: tokenKey, path: tokenKey }] },
  };
}

function sharedMemory(workload: PodWorkload): object[] {
  const size = workload.kind === 'container' ? workload.engine.sharedMemory : undefined;
  return size === undefined ? [] : [{ name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: size } }];
}

function pullSecrets(names: readonly string[]): object {
  return names.length === 0 ? {} : { imagePullSecrets: [...new Set(names)].map((name) => ({ name })) };
}

/** Where pods may run. Replicas are spread over zones first and over nodes then, each revision by itself. */
function placement(service: string, pod: PodSettings): object {
  const whenUnsatisfiable = pod.spread === 'required' ? 'DoNotSchedule' : 'ScheduleAnyway';
  const spread = [zoneLabel, 'kubernetes.io/hostname'].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable,
    labelSelector: { matchLabels: selectorOf(service) },
    matchLabelKeys: ['pod-template-hash'],
  }));
  const dead = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].map((key) => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: deadNodeSeconds,
  }));
  return {
    topologySpreadConstraints: spread,
    tolerations: [...pod.tolerations, ...dead],
    ...(pod.nodeSelector === undefined ? {} : { nodeSelector: pod.nodeSelector }),
    ...(pod.priorityClassName === undefined ? {} : { priorityClassName: pod.priorityClassName }),
    ...(pod.runtimeClassName === undefined ? {} : { runtimeClassName: pod.runtimeClassName }),
  };
}
