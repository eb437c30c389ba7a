import { type Condition, conditionFor } from '@kumiki/api';
import type { ObservedNode, ObservedPod } from './observed-pod.ts';
import { readQuantity } from './quantity.ts';

export interface FitInput {
  readonly pods: readonly ObservedPod[];
  readonly nodes: readonly ObservedNode[];
  /** What one pod asks for, by resource. */
  readonly requests: Readonly<Record<string, string | number>>;
  /** Why the API server took no further pod, in its words; null when it took all. */
  readonly refusal: string | null;
}

/** Whether there are nodes for the pods, and what to change when there are none. */
export function judgeFit(input: FitInput): Condition {
  const { refusal } = input;
  if (refusal !== null && /exceeded quota/.test(refusal)) {
    return conditionFor(
      'Fits',
      'QuotaExceeded',
      `${quotaOf(refusal)} Ask for less in spec.pod.resources or spec.replicas, or raise the quota.`,
    );
  }
  const pending = input.pods.find((pod) => !pod.deleting && pod.unschedulable !== null);
  const message = pending?.unschedulable ?? null;
  if (message === null) return conditionFor('Fits', 'Placed', 'Every replica has a node.');
  const total = Number(/^0\/(\d+) nodes/.exec(message)?.[1] ?? input.nodes.length);
  const lacking = [
    ...new Set([...message.matchAll(/Insufficient ([\w./-]+?)[.,;]?(?=\s|$)/g)].map(([, name = '']) => name)),
  ];
  if (lacking.length > 0) return conditionFor('Fits', 'NoRoom', noRoom(lacking, total, input));
  return conditionFor('Fits', 'NoNodeMatches', noMatch(message, total));
}

function quotaOf(refusal: string): string {
  const [, name = '', detail = ''] = /exceeded quota: ([\w.-]+), (.*?)\.?$/.exec(refusal) ?? [];
  return name === ''
    ? 'A quota of the namespace is used up.'
    : `The quota '${name}' of the namespace is used up (${detail}).`;
}

function noRoom(lacking: readonly string[], total: number, { nodes, requests }: FitInput): string {
  const parts = lacking.map((resource) => {
    const asked = requests[resource] ?? 0;
    const sizes = nodes
      .filter(({ usable }) => usable)
      .map(({ allocatable }) => ({
        text: allocatable[resource] ?? '0',
        amount: readQuantity(allocatable[resource] ?? 0) ?? 0,
      }));
    const largest = sizes.toSorted((a, b) => b.amount - a.amount)[0] ?? { text: '0', amount: 0 };
    const enough = largest.amount >= (readQuantity(asked) ?? 0);
    const remedy =
      largest.amount === 0
        ? `No node has any: add one that has ${resource}.`
        : enough
          ? 'The nodes are in use: free one, add one, or ask for less.'
          : `Ask for at most ${largest.text} in spec.pod.resources, or add a larger node.`;
    return `None of ${total} nodes has ${asked} ${resource} free; the largest has ${largest.text} in all. ${remedy}`;
  });
  return parts.join(' ');
}

function noMatch(message: string, total: number): string {
  const rules: readonly (readonly [RegExp, string])[] = [
    [
      /persistentvolumeclaim "([^"]+)" not found/i,
      "The PersistentVolumeClaim '$1' is not there. Create it, or name another in spec.model.source.",
    ],
    [
      /unbound immediate PersistentVolumeClaims/i,
      'A PersistentVolumeClaim has no volume yet. Look at it with kubectl describe pvc.',
    ],
    [
      /didn't match Pod's node affinity\/selector/,
      `None of ${total} nodes has the labels of spec.pod.nodeSelector. Correct them, or label a node.`,
    ],
    [
      /had untolerated taint/,
      'The nodes that are left have taints. Tolerate them in spec.pod.tolerations, or add a node.',
    ],
    [
      /topology spread constraints/,
      'The replicas cannot be spread as they must be. Set spec.pod.spread to preferred, or add nodes or zones.',
    ],
  ];
  const found = rules.flatMap(([pattern, text]) => {
    const match = pattern.exec(message);
    return match === null ? [] : [text.replace('$1', match[1] ?? '')];
  });
  return found.length > 0 ? found.join(' ') : `No node takes the pod: ${message}`;
}
