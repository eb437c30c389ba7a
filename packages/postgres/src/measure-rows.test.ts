import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureRows } from './measure-rows.ts';

test('texts and bytes are counted wherever they are, and no further than asked', () => {
  const row = { n: 1, text: 'x'.repeat(100), bytes: new Uint8Array(50), json: { deep: [{ text: 'y'.repeat(10) }] } };
  const bytes = measureRows([row], 1_000_000);
  assert.ok(bytes >= 200 + 50 + 20 && bytes < 500, `${bytes} bytes`);
  assert.ok(
    measureRows(
      Array.from({ length: 1_000 }, () => row),
      1_000,
    ) < 2_000,
  );
});
