import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEndpointRecord, isOutOfUse, noteSeen } from './endpoint-record.ts';

test('an endpoint that is gone is out of use once, however many streams break there, and a success brings it back', () => {
  const endpoint = createEndpointRecord('a');
  assert.equal(noteSeen(endpoint, 'gone', 0), true);
  assert.equal(noteSeen(endpoint, 'gone', 1), false, 'the same death');
  assert.equal(isOutOfUse(endpoint, 1), true);
  assert.equal(isOutOfUse(endpoint, 60_000), false, 'it is tried again after a while');
  assert.equal(noteSeen(endpoint, 'success', 2), false);
  assert.equal(isOutOfUse(endpoint, 2), false);
});

test('one failed reply takes nothing out of use, several in a row do', () => {
  const endpoint = createEndpointRecord('a');
  const ejects = [1, 2, 3].map((now) => noteSeen(endpoint, 'failed_reply', now));
  assert.deepEqual(ejects, [false, false, true]);
});
