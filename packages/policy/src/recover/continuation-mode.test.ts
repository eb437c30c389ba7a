import assert from 'node:assert/strict';
import { test } from 'node:test';
import { continuationMode } from './continuation-mode.ts';

const facts = { tokensOf: 'r1', plainText: true, deterministic: true, nothingShown: false };

test('token ids go only to the revision that sampled them', () => {
  assert.equal(continuationMode({ continuation: 'token_ids', revision: 'r1' }, facts), 'token_ids');
  assert.equal(continuationMode({ continuation: 'token_ids', revision: 'r2' }, facts), 'prefill');
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

test('an answer of which nothing was shown starts over at any endpoint', () => {
  const empty = { tokensOf: null, plainText: false, deterministic: false, nothingShown: true };
  for (const continuation of ['token_ids', 'prefill', 'replay', 'none'] as const) {
    assert.equal(continuationMode({ continuation, revision: 'r1' }, empty), 'replay', continuation);
  }
});

test('an endpoint that cannot continue never gets an answer that shows something', () => {
  assert.equal(continuationMode({ continuation: 'none', revision: 'r1' }, facts), null);
  assert.equal(continuationMode({ continuation: 'replay', revision: 'r1' }, { ...facts, deterministic: false }), null);
});
