import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createTokenDecoder, createTokenTexts, tokenText } from './token-decoder.ts';

/** Decodes pieces as if each were a token. */
function decode(pieces: readonly Uint8Array[]): string[] {
  const decoder = createTokenDecoder(createTokenTexts((token) => pieces[token] ?? new Uint8Array()));
  return [...pieces.map((_, token) => decoder.push(token)), decoder.flush()];
}

const cuts = fc.array(fc.nat(64), { maxLength: 24 });

function cutUp(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const places = [...new Set([0, ...at.map((place) => place % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  );
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

test('however a text is cut into tokens, the pieces join to the text and none holds half a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), cuts, (text, at) => {
      const out = decode(cutUp(new TextEncoder().encode(text), at));
      assert.equal(out.join(''), text);
      for (const piece of out) assert.ok(piece.isWellFormed());
    }),
    { numRuns: 2_000 },
  );
});

test('bytes that are no text become the same replacement characters as when decoded at once', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 32 }), cuts, (bytes, at) => {
      assert.equal(decode(cutUp(bytes, at)).join(''), new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
    }),
    { numRuns: 5_000 },
  );
});

test('control tokens give nothing, and a lone part of a character shows as a replacement', () => {
  const texts = createTokenTexts((token) => (token === 0 ? new Uint8Array() : Uint8Array.of(0xf0, 0x9f)));
  assert.equal(createTokenDecoder(texts).push(0), '');
  assert.equal(tokenText(texts, 1), '\ufffd');
});
