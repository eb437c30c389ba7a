import { type Condition, conditionFor, type ConditionReason } from '@kumiki/api';
import type { ObservedPod } from './observed-pod.ts';

export interface PodsInput {
  readonly pods: readonly ObservedPod[];
  /** The wanted revision. */
  readonly revision: string;
  /** Why an object or a pod was refused by the API server, in its words; null when none was. */
  readonly refusal: string | null;
}

/** Kubernetes' reasons for a container that does not run. */
const waitingReasons: Readonly<Record<string, ConditionReason<'Degraded'>>> = {
  ErrImagePull: 'ImageUnavailable',
  ImagePullBackOff: 'ImageUnavailable',
  InvalidImageName: 'ImageUnavailable',
  ErrImageNeverPull: 'ImageUnavailable',
  CreateContainerConfigError: 'SecretUnavailable',
  CrashLoopBackOff: 'ReplicaFails',
  RunContainerError: 'ReplicaFails',
  CreateContainerError: 'ReplicaFails',
};

/** What is wrong with the pods of a service, with what to do; the wanted revision first. */
export function judgePods({ pods, revision, refusal }: PodsInput): Condition {
  if (refusal !== null && !/exceeded quota/.test(refusal)) {
    return conditionFor('Degraded', 'ObjectRefused', refusal.replace(/\.?$/, '.'));
  }
  const staying = pods.filter(({ deleting }) => !deleting);
  const faults = staying
    .toSorted((a, b) => Number(b.revision === revision) - Number(a.revision === revision) || (a.name < b.name ? -1 : 1))
    .flatMap((pod) => {
      const fault = faultOf(pod);
      return fault === null ? [] : [{ pod, ...fault }];
    });
  const [first] = faults;
  if (first === undefined) return conditionFor('Degraded', 'AsWanted', 'No replica fails.');
  const isNew = first.pod.revision === revision;
  const oldServes = isNew && staying.some((pod) => pod.revision !== revision && pod.ready);
  const kept = oldServes ? ' The revision before it goes on serving.' : '';
  const reason = oldServes && first.reason === 'ReplicaFails' ? 'NewRevisionFails' : first.reason;
  return conditionFor('Degraded', reason, `${first.pod.name}: ${first.message}${kept}`);
}

function faultOf(pod: ObservedPod): { reason: ConditionReason<'Degraded'>; message: string } | null {
  const { waiting, ended, restarts, ready } = pod;
  const missing = /persistentvolumeclaim "([^"]+)" not found/i.exec(pod.unschedulable ?? '')?.[1];
  if (missing !== undefined) {
    return {
      reason: 'VolumeUnavailable',
      message: `the PersistentVolumeClaim '${missing}' is not there. Create it, or name another in spec.model.source.`,
    };
  }
  const reason = waiting === null ? undefined : waitingReasons[waiting.reason];
  if (waiting !== null && reason === 'ImageUnavailable') {
    return {
      reason,
      message: `its image cannot be pulled: ${sentence(waiting.message || waiting.reason)} Correct spec.engine.image, or name a Secret in spec.pod.imagePullSecrets.`,
    };
  }
  if (waiting !== null && reason === 'SecretUnavailable') {
    return {
      reason,
      message: `${sentence(waiting.message || waiting.reason)} Create the Secret with that key in this namespace.`,
    };
  }
  if (reason !== undefined || (restarts > 0 && !ready)) {
    return {
      reason: 'ReplicaFails',
      message: `${describeEnd(ended, restarts)} Read its log with kubectl logs ${pod.name} --previous.`,
    };
  }
  return null;
}

function describeEnd(ended: ObservedPod['ended'], restarts: number): string {
  const times = `${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`;
  if (ended === null) return `it does not become ready after ${times}.`;
  if (ended.reason === 'OOMKilled')
    return `it needed more memory than its limit (${times}). Raise spec.pod.resources.limits.memory.`;
  const said = ended.message === '' ? '' : ` and said: ${ended.message.trim().slice(-300)}`;
  return sentence(`it ended with status ${ended.exitCode} (${times})${said}`);
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
