import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultProjectLimits, readProjectLimits, writeProjectLimits } from './project-limits.ts';

test('limits arrive as they were sent, and in a header of ASCII alone', () => {
  const limits = { ...defaultProjectLimits, files: 3, file_bytes: 0 };
  const header = writeProjectLimits(limits);
  assert.match(header, /^[\x20-\x7e]+$/);
  assert.deepEqual(readProjectLimits(header), limits);
});

test('what is absent, broken or incomplete gives the defaults, never no limits', () => {
  for (const header of [undefined, '', '{', 'null', '{}', '{"files":-1}', '{"__proto__":{"files":1}}']) {
    assert.deepEqual(readProjectLimits(header), defaultProjectLimits);
  }
});
