import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attemptFailures } from '@kumiki/api';
import { closesEndpoint, isLoss, observedBy, type Failure } from './failure.ts';

const failures = attemptFailures.filter((name): name is Failure => name !== 'refused' && name !== 'client_left');
const failed = (failure: Failure) => ({ kind: 'failed', failure }) as const;

test('every failure of the one list says what it means for its endpoint', () => {
  for (const failure of failures) {
    assert.ok(['gone', 'failed_reply', null].includes(observedBy(failed(failure))), failure);
    assert.equal(typeof closesEndpoint(failure), 'boolean', failure);
  }
});

test('a loss takes its endpoint out of use, and no endpoint is suspected to have died of a reply that it gave', () => {
  for (const failure of failures) {
    if (isLoss(failed(failure))) assert.equal(observedBy(failed(failure)), 'gone', failure);
  }
  for (const kind of ['done', 'client_left', 'refused'] as const) assert.equal(isLoss({ kind }), false, kind);
});

test('a client that leaves, and a kept connection that was closed while idle, say nothing about the endpoint', () => {
  assert.equal(observedBy({ kind: 'client_left' }), null);
  assert.equal(observedBy({ kind: 'failed', failure: 'broken', stale: true }), null);
  assert.equal(observedBy({ kind: 'refused' }), 'success');
  assert.equal(observedBy({ kind: 'done' }), 'success');
});

test('an endpoint that refuses the gateway itself is not asked again for the same request', () => {
  assert.deepEqual(failures.filter(closesEndpoint), ['egress_denied', 'credentials_refused']);
});
