import assert from 'node:assert/strict';
import { test } from 'node:test';
import { growFiles, growJson, type Json } from './grow-body.ts';

const limitBytes = 4_000;
const sample: Json = { model: 'm', messages: [{ role: 'user', content: 'a' }], n: 1, metadata: { a: 'b' } };

test('every body keeps to the limit and uses most of it', () => {
  for (const { shape, build } of [...growJson(sample, limitBytes), ...growFiles(limitBytes)]) {
    const { length } = build();
    assert.ok(length <= limitBytes && length > limitBytes * 0.9, `${shape}: ${length} bytes`);
  }
});

test('each text, list, number and object of the sample grows where it stands', () => {
  const shapes = new Map(growJson(sample, limitBytes).map(({ shape, build }) => [shape, build]));
  const repeated = JSON.parse(shapes.get('messages repeated')?.().toString() ?? '') as { messages: unknown[] };
  assert.ok(repeated.messages.length > 100);
  assert.deepEqual(repeated.messages[7], { role: 'user', content: 'a' });
  const dots = JSON.parse(shapes.get('messages.0.content of dots')?.().toString() ?? '') as typeof repeated;
  assert.match((dots.messages[0] as { content: string }).content, /^\.{3000,}$/);
  const wide = JSON.parse(shapes.get('metadata wide')?.().toString() ?? '') as { metadata: object };
  assert.ok(Object.keys(wide.metadata).length > 200);
  assert.match(shapes.get('n of digits')?.().toString() ?? '', /"n":10{3000,}/);
});
