import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { overlapOf } from './trim-overlap.ts';

test('what a passage repeats of the one before it is found', () => {
  assert.equal(overlapOf('one two three', 'two three four'), 9);
  assert.equal(overlapOf('one', 'two'), 0);
  assert.equal(overlapOf('', 'two'), 0);
  assert.equal(overlapOf('aaa', 'aa'), 2);
});

test('it is the longest there is', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 });
  fc.assert(
    fc.property(text, text, (before, passage) => {
      const lengths = Array.from({ length: passage.length + 1 }, (_, length) => length);
      const all = lengths.filter((length) => before.endsWith(passage.slice(0, length)));
      assert.equal(overlapOf(before, passage), all.at(-1));
    }),
  );
});
