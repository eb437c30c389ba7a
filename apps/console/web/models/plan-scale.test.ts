import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replica, service } from '../operate/testing/records.ts';
import { planScale } from './plan-scale.ts';

test('more replicas start, with the memory that the others show', () => {
  const two = service({
    desired: 2,
    replicas: [replica({ rss_bytes: 100, running: 1 }), replica({ id: 'chat-2', rss_bytes: 300, waiting: 2 })],
  });
  const plan = planScale(two, 5);
  assert.deepEqual([plan.from, plan.starts, plan.ends, plan.bytesEach], [2, 3, 0, 300]);
  assert.deepEqual([plan.running, plan.waiting, plan.endsAll], [1, 2, false]);
});

test('none ends them all', () => {
  const plan = planScale(service(), 0);
  assert.deepEqual([plan.ends, plan.endsAll, plan.bytesEach], [1, true, null]);
});

test('a service of several models has replicas of each', () => {
  assert.equal(planScale(service({ models: ['a', 'b'] }), 2).starts, 2);
});
