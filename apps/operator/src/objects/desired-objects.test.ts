import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelServiceInput } from '@kumiki/api';
import fc from 'fast-check';
import { installed, observedOf } from '../testing/observed-cluster.ts';
import { desiredObjects } from './desired-objects.ts';
import { objectName } from './object-names.ts';
import { resolveModel } from './resolve-model.ts';

interface Container {
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly resources: { readonly requests: { readonly memory: string }; readonly limits: { readonly memory: string } };
  readonly env: readonly { readonly name: string; readonly value: string }[];
}

interface PodSpec {
  readonly securityContext: Record<string, unknown>;
  readonly automountServiceAccountToken: boolean;
  readonly terminationGracePeriodSeconds: number;
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes: readonly { readonly secret?: { readonly secretName: string } }[];
  readonly topologySpreadConstraints: readonly { readonly whenUnsatisfiable: string }[];
}

function objectsOf(spec: ModelServiceInput['spec']) {
  const { service } = observedOf(spec);
  const resolved = resolveModel(service.manifest, service.created);
  assert.ok(resolved.ok && resolved.workload.kind !== 'remote', resolved.ok ? 'remote' : resolved.reason);
  const desired = desiredObjects(service, resolved.workload, installed);
  const { template } = desired.deployment['spec'] as { template: { spec: PodSpec } };
  return { ...desired, pod: template.spec, revision: resolved.workload };
}

const container = { kind: 'container', image: 'registry.example/vllm:1' } as const;
const digest = `sha256:${'0'.repeat(64)}`;
const specs: Readonly<Record<string, ModelServiceInput['spec']>> = {
  simulated: { model: { source: 'simulated:' } },
  shipped: { model: { source: 'demo:chat' } },
  claim: { model: { source: 'pvc://models/chat/a.gguf' } },
  image: { model: { source: 'oci://registry.example/model:1#a.gguf' } },
  download: { model: { source: 'https://files.example/a.gguf', digest } },
  hub: { model: { source: 'hf://org/name' }, engine: { ...container, sharedMemory: '2Gi' } },
  contained: { model: { source: 'container:' }, engine: container },
};

for (const [name, spec] of Object.entries(specs)) {
  test(`${name}: the pod keeps the Pod Security Standard restricted`, () => {
    const { pod } = objectsOf(spec);
    assert.equal(pod.securityContext['runAsNonRoot'], true);
    assert.deepEqual(pod.securityContext['seccompProfile'], { type: 'RuntimeDefault' });
    assert.equal(pod.automountServiceAccountToken, false);
    for (const one of [...pod.containers, ...(pod.initContainers ?? [])]) {
      assert.deepEqual(one.securityContext['capabilities'], { drop: ['ALL'] });
      assert.equal(one.securityContext['allowPrivilegeEscalation'], false);
      assert.equal(one.securityContext['readOnlyRootFilesystem'], true);
      assert.equal(one.resources.limits.memory, one.resources.requests.memory);
    }
    // What the standard allows besides volumes of the pod itself: https://kubernetes.io/docs/concepts/security/pod-security-standards/
    const allowed = new Set(['name', 'emptyDir', 'secret', 'persistentVolumeClaim', 'image']);
    for (const volume of pod.volumes)
      assert.deepEqual(
        Object.keys(volume).filter((key) => !allowed.has(key)),
        [],
      );
  });
}

test('the token is a file that the worker reads, and no variable', () => {
  const { pod } = objectsOf(specs['simulated']!);
  const env = pod.containers[0]?.env ?? [];
  assert.equal(env.find(({ name }) => name === 'KUMIKI_WORKER_TOKEN_FILE')?.value, '/run/kumiki/token');
  assert.ok(pod.volumes.some((volume) => volume.secret?.secretName === 'kumiki-shop'));
});

test('a model is read where its source says', () => {
  const sourceOf = (name: string) =>
    objectsOf(specs[name]!).pod.containers[0]?.env.find((one) => one.name === 'KUMIKI_MODEL_SOURCE')?.value;
  assert.equal(sourceOf('claim'), '/models/chat/a.gguf');
  assert.equal(sourceOf('image'), '/models/a.gguf');
  assert.equal(sourceOf('download'), '/models/a.gguf');
  assert.equal(sourceOf('simulated'), 'simulated:');
});

test('only what is loaded from outside may go outside', () => {
  const egressOf = (name: string): number => {
    const policy = objectsOf(specs[name]!).beside.find(({ kind }) => kind === 'NetworkPolicy');
    return (policy?.['spec'] as { egress: unknown[] } | undefined)?.egress.length ?? 0;
  };
  assert.deepEqual(
    Object.keys(specs).filter((name) => egressOf(name) > 0),
    ['download', 'hub', 'contained'],
  );
});

test('what a manifest says of pods is in them', () => {
  const { pod, resources } = objectsOf({
    model: { source: 'container:' },
    engine: container,
    pod: {
      resources: { limits: { 'nvidia.com/gpu': 2, memory: '64Gi' }, requests: { cpu: 4 } },
      spread: 'required',
      nodeSelector: { gpu: 'a' },
      tolerations: [{ key: 'gpu', operator: 'Exists' }],
      priorityClassName: 'high',
      runtimeClassName: 'nvidia',
    },
  });
  assert.deepEqual(resources.requests, { cpu: 4, memory: '64Gi', 'nvidia.com/gpu': 2 });
  assert.deepEqual(resources.limits, { memory: '64Gi', 'nvidia.com/gpu': 2 });
  assert.ok(pod.topologySpreadConstraints.every(({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule'));
  const { nodeSelector, priorityClassName, runtimeClassName } = pod as unknown as Record<string, unknown>;
  assert.deepEqual([nodeSelector, priorityClassName, runtimeClassName], [{ gpu: 'a' }, 'high', 'nvidia']);
});

test('a pod has the time to finish what it has begun', () => {
  const { pod } = objectsOf({ model: { source: 'simulated:' }, rollout: { drainTimeoutMs: 60_000 } });
  assert.ok(pod.terminationGracePeriodSeconds > 60);
});

test('names of objects are names of Services and differ', () => {
  const name = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
  fc.assert(
    fc.property(name, name, (a, b) => {
      assert.match(objectName(a), /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/);
      assert.equal(objectName(a) === objectName(b), a === b);
    }),
  );
});
