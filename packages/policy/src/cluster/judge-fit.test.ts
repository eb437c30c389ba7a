import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeFit } from './judge-fit.ts';
import type { ObservedPod } from './observed-pod.ts';

const pending = (unschedulable: string): ObservedPod => ({
  name: 'p',
  revision: 'a',
  ready: false,
  deleting: false,
  unschedulable,
  waiting: null,
  ended: null,
  restarts: 0,
  inFlight: 0,
});
const node = (gpus: string) => ({ name: 'n', usable: true, allocatable: { cpu: '8', 'nvidia.com/gpu': gpus } });
const judge = (message: string, more: object = {}) =>
  judgeFit({
    pods: [pending(message)],
    nodes: [node('1')],
    requests: { cpu: 2, 'nvidia.com/gpu': 2 },
    refusal: null,
    ...more,
  });

test('a pod with no room is told what the largest node has, and what to ask for', () => {
  const { reason, status, message } = judge(
    '0/3 nodes are available: 3 Insufficient nvidia.com/gpu. preemption: 0/3 nodes are available.',
  );
  assert.deepEqual([reason, status], ['NoRoom', 'False']);
  assert.equal(
    message,
    'None of 3 nodes has 2 nvidia.com/gpu free; the largest has 1 in all. Ask for at most 1 in spec.pod.resources, or add a larger node.',
  );
});

test('room that is in use and room that never is are told apart', () => {
  assert.match(judge('0/1 nodes are available: 1 Insufficient cpu.').message, /nodes are in use: free one/);
  assert.match(
    judge('0/1 nodes are available: 1 Insufficient nvidia.com/gpu.', { nodes: [node('0')] }).message,
    /No node has any: add one that has nvidia\.com\/gpu/,
  );
});

test('labels, taints, volumes and spread are told by the field to change', () => {
  for (const [message, expected] of [
    ["0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.", /spec\.pod\.nodeSelector/],
    ['0/3 nodes are available: 3 node(s) had untolerated taint(s).', /spec\.pod\.tolerations/],
    ['0/3 nodes are available: persistentvolumeclaim "models" not found.', /'models' is not there/],
    ["0/3 nodes are available: 3 node(s) didn't match pod topology spread constraints.", /spec\.pod\.spread/],
  ] as const) {
    const condition = judge(message);
    assert.equal(condition.reason, 'NoNodeMatches');
    assert.match(condition.message, expected);
  }
});

test('a quota is told by its name', () => {
  const refusal = 'pods "x" is forbidden: exceeded quota: small, requested: cpu=2, used: cpu=0, limited: cpu=1';
  const condition = judgeFit({ pods: [], nodes: [], requests: {}, refusal });
  assert.equal(condition.reason, 'QuotaExceeded');
  assert.match(condition.message, /The quota 'small' .*limited: cpu=1\)/);
});

test('what is placed fits', () => {
  assert.equal(judgeFit({ pods: [], nodes: [], requests: {}, refusal: null }).reason, 'Placed');
});
