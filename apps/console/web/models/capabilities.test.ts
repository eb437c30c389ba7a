import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replica, service } from '../operate/testing/records.ts';
import { replicaCan, serviceCan } from './capabilities.ts';

test('an ordinary service can be scaled, restarted and read', () => {
  assert.equal(serviceCan.scale(service()), null);
  assert.equal(serviceCan.restart(service()), null);
  assert.equal(serviceCan.showLog(service()), null);
});

test('what somebody else runs is not ours to scale or restart, and has no log here', () => {
  const remote = service({ engine: { kind: 'openai', endpoints: [], maxInFlight: 1, continuation: 'replay' } });
  assert.equal(serviceCan.scale(remote), 'not_run_here');
  assert.equal(serviceCan.restart(remote), 'not_run_here');
  assert.equal(serviceCan.showLog(remote), 'not_run_here');
  assert.equal(replicaCan.showLog(replica({ pid: null, url: 'https://x/v1' })), 'not_run_here');
});

test('what cannot be served needs another manifest first', () => {
  const broken = service({ conditions: { Degraded: ['CannotBeServed'] } });
  assert.equal(serviceCan.scale(broken), 'cannot_be_served');
  assert.equal(serviceCan.restart(broken), 'cannot_be_served');
});

test('nothing is restarted where nothing runs', () => {
  assert.equal(serviceCan.restart(service({ desired: 0, ready: 0, replicas: [] })), 'nothing_runs');
  assert.equal(serviceCan.scale(service({ desired: 0, ready: 0, replicas: [] })), null);
});

test('a healthy rollout cannot be restarted, a failing one can', () => {
  const rolling = { Progressing: ['RollingOut'] } as const;
  assert.equal(serviceCan.restart(service({ conditions: rolling })), 'rolling_out');
  const failing = { ...rolling, Degraded: ['NewRevisionFails'] } as const;
  assert.equal(serviceCan.restart(service({ conditions: failing })), null);
});

test('a replica that failed has left a log', () => {
  assert.equal(replicaCan.showLog(replica({ phase: 'failed', pid: null })), null);
});
