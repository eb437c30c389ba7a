import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundDrafts } from './drafts.ts';

const draft = (text: string, at: number) => ({ text, queued: [], files: [], storeId: null, at });

test('the newest drafts are kept, as many as there is room for', () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`chat_${index}`, draft('x', index)]));
  const kept = Object.keys(JSON.parse(boundDrafts(many)) as object);
  assert.equal(kept.length, 40);
  assert.ok(kept.includes('chat_99') && !kept.includes('chat_59'));
});

test('a draft that is too long for all does not take the others along', () => {
  const text = boundDrafts({ new: draft('short', 2), old: draft('x'.repeat(2_000_000), 1) });
  assert.deepEqual(Object.keys(JSON.parse(text) as object), ['new']);
});
