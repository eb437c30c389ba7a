import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgePods } from './judge-pods.ts';
import type { ObservedPod } from './observed-pod.ts';

const pod = (facts: Partial<ObservedPod>): ObservedPod => ({
  name: 'p',
  revision: 'b',
  ready: false,
  deleting: false,
  unschedulable: null,
  waiting: null,
  ended: null,
  restarts: 0,
  inFlight: 0,
  ...facts,
});
const judge = (pods: readonly ObservedPod[], refusal: string | null = null) =>
  judgePods({ pods, revision: 'b', refusal });

test('each fault has its reason, and its message says what to do', () => {
  const faults: readonly (readonly [Partial<ObservedPod>, string, RegExp])[] = [
    [{ waiting: { reason: 'ImagePullBackOff', message: 'not found' } }, 'ImageUnavailable', /spec\.engine\.image/],
    [
      { waiting: { reason: 'CreateContainerConfigError', message: 'secret "hub" not found' } },
      'SecretUnavailable',
      /secret "hub" not found\. Create the Secret/,
    ],
    [
      { unschedulable: '0/3 nodes are available: persistentvolumeclaim "models" not found.' },
      'VolumeUnavailable',
      /'models' is not there/,
    ],
    [
      {
        waiting: { reason: 'CrashLoopBackOff', message: '' },
        restarts: 4,
        ended: { reason: 'OOMKilled', exitCode: 137, message: '' },
      },
      'ReplicaFails',
      /limits\.memory/,
    ],
    [
      { restarts: 1, ended: { reason: 'Error', exitCode: 1, message: 'no such file' } },
      'ReplicaFails',
      /status 1 \(1 restart\) and said: no such file\. Read its log with kubectl logs p --previous/,
    ],
  ];
  for (const [facts, reason, message] of faults) {
    const condition = judge([pod(facts)]);
    assert.deepEqual([condition.reason, condition.status], [reason, 'True']);
    assert.match(condition.message, message);
  }
});

test('a new revision that fails beside an old one that serves is told as such', () => {
  const failing = pod({ restarts: 2 });
  assert.equal(judge([failing, pod({ name: 'o', revision: 'a', ready: true })]).reason, 'NewRevisionFails');
  assert.equal(judge([failing]).reason, 'ReplicaFails');
});

test('pods that end and pods that start are no fault; what the API server refuses is', () => {
  assert.equal(judge([pod({}), pod({ deleting: true, restarts: 3 })]).reason, 'AsWanted');
  assert.equal(judge([], 'violates PodSecurity "restricted"').reason, 'ObjectRefused');
});
