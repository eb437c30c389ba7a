import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setProjectLimitsSchema } from '@kumiki/api';
import fc from 'fast-check';
import { readLimit, writeBytes, writeLimit } from './limit-text.ts';

test('bytes are written in the largest unit that holds one', () => {
  assert.deepEqual([0, 1_023, 1_536, 10 * 2 ** 30, 2 ** 41].map(writeBytes), [
    '0 B',
    '1023 B',
    '1.5 KiB',
    '10 GiB',
    '2 TiB',
  ]);
});

test('what is written into the field is read as the same limit', () => {
  fc.assert(
    fc.property(fc.constantFrom('files', 'file_bytes'), fc.integer({ min: 0, max: 1_000_000_000 }), (name, value) => {
      assert.deepEqual(readLimit(name, writeLimit(name, value)), { kind: 'value', value });
    }),
  );
  assert.equal(writeLimit('file_bytes', 10 * 2 ** 30), '10 GiB');
});

test('nothing is the default, a unit is for bytes alone, and all else is wrong', () => {
  assert.deepEqual(readLimit('files', ' '), { kind: 'default' });
  assert.deepEqual(readLimit('file_bytes', '500mib'), { kind: 'value', value: 500 * 2 ** 20 });
  for (const [name, text] of [
    ['files', '1 GiB'],
    ['files', '-1'],
    ['files', '1.5'],
    ['files', '9999999999'],
    ['file_bytes', '10 GB'],
    ['file_bytes', '999999999999999 TiB'],
  ] as const) {
    assert.deepEqual(readLimit(name, text), { kind: 'wrong' }, text);
  }
});

test('what is read passes the schema of the API', () => {
  fc.assert(
    fc.property(fc.constantFrom('files', 'conversation_bytes', 'open_batches'), fc.string(), (name, text) => {
      const read = readLimit(name, text);
      if (read.kind === 'value') setProjectLimitsSchema.parse({ [name]: read.value });
    }),
  );
});
