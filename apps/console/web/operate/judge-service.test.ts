import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeService } from './judge-service.ts';
import { service } from './testing/records.ts';

test('a state is the worst that the conditions say', () => {
  const stateOf = (conditions: Parameters<typeof service>[0]): string => judgeService(service(conditions)).state;
  assert.equal(stateOf({}), 'ready');
  assert.equal(stateOf({ conditions: { Ready: ['ScaledToZero'] } }), 'off');
  assert.equal(stateOf({ conditions: { Ready: ['NoReplicaReady'] } }), 'starting');
  assert.equal(stateOf({ conditions: { Ready: ['NothingToServe'], Degraded: ['CannotBeServed'] } }), 'failed');
  assert.equal(stateOf({ conditions: { Progressing: ['RollingOut'], Degraded: ['NewRevisionFails'] } }), 'degraded');
  assert.equal(stateOf({ conditions: { Progressing: ['RollingOut'] } }), 'rolling_out');
  assert.equal(stateOf({ conditions: { Progressing: ['Scaling'] } }), 'scaling');
});
