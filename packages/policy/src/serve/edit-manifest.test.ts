import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KumikiError } from '@kumiki/api';
import { keepRestart, withReplicas, withRestart } from './edit-manifest.ts';
import { nameChange } from './name-change.ts';
import { manifestOf, processTargetOf, servedOf } from './testing/served.ts';

test('scaling changes the number alone, and servers of others are not scaled here', () => {
  const scaled = withReplicas(servedOf('shop'), 4);
  assert.ok(!(scaled instanceof KumikiError));
  assert.equal(scaled.spec.replicas, 4);
  assert.equal(processTargetOf(servedOf('shop')).revision, processTargetOf(servedOf('shop', { replicas: 4 })).revision);
  const remote = servedOf('far', { model: { source: 'https://far.example' }, engine: { kind: 'openai' } });
  const refusal = withReplicas(remote, 4);
  assert.ok(refusal instanceof KumikiError);
  assert.match(refusal.message, /change spec\.engine\.endpoints instead/);
});

test('a restart makes another revision and survives a manifest that does not know of it', () => {
  const restarted = withRestart(manifestOf('shop'), '2026-01-01T00:00:00Z');
  const applied = keepRestart(manifestOf('shop', { replicas: 3 }), restarted);
  assert.equal(applied.metadata.annotations?.['kumiki.dev/restarted-at'], '2026-01-01T00:00:00Z');
  assert.equal(applied.spec.replicas, 3);
  const own = manifestOf('shop', {}, { 'kumiki.dev/restarted-at': 'mine' });
  assert.equal(keepRestart(own, restarted), own);
});

test('applying what is there changes nothing; another file behind the same manifest does', () => {
  const before = servedOf('shop');
  assert.equal(nameChange(undefined, before), 'created');
  assert.equal(nameChange(before, servedOf('shop')), 'unchanged');
  assert.equal(nameChange(before, servedOf('shop', { replicas: 2 })), 'configured');
  const target = { ...processTargetOf(before), revision: 'other' };
  assert.equal(nameChange(before, { ...before, resolution: { ok: true, targets: [target] } }), 'configured');
});
