import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mergePassages, placeOf } from './merge-passages.ts';

test('passages that overlap give the text that they were cut from', () => {
  const text = Array.from({ length: 60 }, (_, index) => `Sentence number ${index * 7919}. `).join('');
  const cuts = fc.array(fc.tuple(fc.integer({ min: 30, max: 200 }), fc.integer({ min: 10, max: 25 })), {
    minLength: 1,
  });
  fc.assert(
    fc.property(cuts, (sizes) => {
      const passages: string[] = [];
      let at = 0;
      for (const [size, overlap] of sizes) {
        if (at + size > text.length) break;
        passages.push(text.slice(at, at + size));
        at += size - overlap;
      }
      const document = mergePassages(passages);
      assert.ok(text.startsWith(document.text));
      for (const [index, [from, to]] of document.places.entries()) {
        assert.equal(document.text.slice(from, to), passages[index]);
      }
    }),
  );
});

test('passages without an overlap stand apart', () => {
  assert.equal(mergePassages(['one', 'two']).text, 'one\n\ntwo');
});

test('a passage is found as one of them, as a piece of the text, or not at all', () => {
  const passages = ['first part', 'second part'];
  const document = mergePassages(passages);
  assert.deepEqual(placeOf(document, passages, 'second part'), [12, 23]);
  assert.deepEqual(placeOf(document, passages, 'part'), [6, 10]);
  assert.equal(placeOf(document, passages, 'third'), null);
});
