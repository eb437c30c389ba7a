import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { textCharacterLimit } from '../parse/blocks/parse-limits.ts';
import { watchStretches } from '../testing/busy-stretch.ts';
import { createReader } from './create-reader.ts';

/** The largest accepted texts. */

const reader = createReader();
after(() => reader.close());

const sizes = { filename: 'a.txt', maxTokens: 800, overlapTokens: 400, store: 1, from: 0 };

for (const unit of ['.', '. ']) {
  test(`as many '${unit}' as a document may have are read or refused, and the service goes on meanwhile`, async () => {
    const data = Buffer.from(unit.repeat(textCharacterLimit / unit.length - 1));
    const source = {
      bytes: data.length,
      async *open() {
        for (let at = 0; at < data.length; at += 1_048_576) yield data.subarray(at, at + 1_048_576);
      },
    };
    const stretches = watchStretches();
    const { end, batches } = await reader.read(source, sizes, new AbortController().signal);
    assert.ok(stretches.stop() < 250);
    if (end.ok) assert.ok(batches.length > 0);
    else assert.equal(end.code, 'invalid_file', end.message);
  });
}
