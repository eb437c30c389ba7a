import assert from 'node:assert/strict';
import { test } from 'node:test';
import { continuationMode } from './continuation-mode.ts';

const facts = { tokensOf: 'r1', plainText: true, deterministic: true };

test('token ids go only to the revision that sampled them', () => {
  assert.equal(continuationMode({ continuation: 'token-ids', revision: 'r1' }, facts), 'token-ids');
  assert.equal(continuationMode({ continuation: 'token-ids', revision: 'r2' }, facts), 'prefill');
  assert.equal(continuationMode({ continuation: 'prefill', revision: 'r1' }, facts), 'prefill');
});

test('what text does not wholly describe is only asked again, and only when the same would come', () => {
  const structured = { ...facts, plainText: false, tokensOf: null };
  assert.equal(continuationMode({ continuation: 'prefill', revision: 'r1' }, structured), 'replay');
  assert.equal(
    continuationMode({ continuation: 'prefill', revision: 'r1' }, { ...structured, deterministic: false }),
    null,
  );
});

test('an endpoint that cannot continue never gets a begun answer', () => {
  assert.equal(continuationMode({ continuation: 'none', revision: 'r1' }, facts), null);
  assert.equal(continuationMode({ continuation: 'replay', revision: 'r1' }, { ...facts, deterministic: false }), null);
});
