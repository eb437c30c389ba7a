import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type InputLine, readLines } from './read-lines.ts';

const limits = { lineBytes: 40, inputBytes: 10_000 };

async function linesOf(chunks: readonly Uint8Array[], limit = limits): Promise<string[]> {
  const found: string[] = [];
  for await (const line of readLines(arriving(chunks), limit)) found.push(show(line));
  return found;
}

async function* arriving(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void, void> {
  yield* chunks;
}

function show(line: InputLine): string {
  return `${line.number} ${line.bytes === null ? `too large: ${line.tooLarge}` : line.bytes.toString()}`;
}

test('lines are the same however the file is cut into chunks', async () => {
  const content = fc.array(fc.string({ unit: fc.constantFrom('a', 'é', ' ', '\r', '本') }), { maxLength: 20 });
  const property = fc.asyncProperty(content, fc.array(fc.integer({ min: 1, max: 9 })), async (texts, sizes) => {
    const file = Buffer.from(texts.join('\n'));
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < file.length;) {
      const size = sizes[chunks.length % Math.max(1, sizes.length)] ?? 3;
      chunks.push(file.subarray(at, at + size));
      at += size;
    }
    assert.deepEqual(await linesOf(chunks), await linesOf([file]));
  });
  await fc.assert(property);
});

test('blank lines are left out and counted, line ends of Windows and a byte order mark are dropped', async () => {
  assert.deepEqual(await linesOf([Buffer.from('\ufeff{"a":1}\r\n\r\n  \n{"b":2}')]), ['1 {"a":1}', '4 {"b":2}']);
});

test('a line beyond the limit is named and the next one is read; a file beyond the limit ends there', async () => {
  const long = Buffer.from(`a\n${'x'.repeat(41)}\nb`);
  assert.deepEqual(await linesOf([long]), ['1 a', '2 too large: line', '3 b']);
  const chunks = [Buffer.from('a\nb\n'), Buffer.from('c'.repeat(20))];
  assert.deepEqual(await linesOf(chunks, { lineBytes: 40, inputBytes: 10 }), ['1 a', '2 b', '3 too large: file']);
});
