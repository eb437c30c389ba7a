import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ParsedBlock } from '../parse/blocks/parse-result.ts';
import { chunkDocument, estimateTokens } from './chunk-document.ts';

const block = (
  kind: ParsedBlock['kind'],
  text: string,
  level: number | null = null,
  page: number | null = null,
): ParsedBlock => ({
  kind,
  text,
  level,
  page,
});
const large = { maxTokens: 800, overlapTokens: 0 };

test('every heading begins a chunk, and its path goes with it', () => {
  const chunks = chunkDocument(
    [
      block('heading', 'Guide', 1),
      block('text', 'Welcome.'),
      block('heading', 'Install', 2),
      block('heading', 'Linux', 3),
      block('text', 'Run it.'),
      block('heading', 'Use', 2),
      block('text', 'Ask.'),
    ],
    large,
  );
  assert.deepEqual(
    chunks.map(({ text, headings }) => ({ text, headings })),
    [
      { text: 'Guide\nWelcome.', headings: ['Guide'] },
      { text: 'Install\nLinux\nRun it.', headings: ['Guide', 'Install', 'Linux'] },
      { text: 'Use\nAsk.', headings: ['Guide', 'Use'] },
    ],
  );
});

test('a heading without text is not lost', () => {
  const chunks = chunkDocument([block('heading', 'A', 1), block('heading', 'B', 1), block('text', 'b')], large);
  assert.deepEqual(
    chunks.map(({ text }) => text),
    ['A', 'B\nb'],
  );
});

test('Japanese prose is cut after its sentences', () => {
  const chunks = chunkDocument(
    [block('text', '組木は木を組む技法です。釘は使いません。「本当ですか？」と聞かれます。')],
    {
      maxTokens: 24,
      overlapTokens: 0,
    },
  );
  assert.deepEqual(
    chunks.map(({ text }) => text),
    ['組木は木を組む技法です。', '釘は使いません。', '「本当ですか？」と聞かれます。'],
  );
});

test('prose is rather cut at paragraphs than at sentences', () => {
  const text = 'One two three. Four five six.\n\nSeven eight nine. Ten eleven twelve. Thirteen fourteen fifteen.';
  const chunks = chunkDocument([block('text', text)], { maxTokens: 24, overlapTokens: 0 });
  assert.equal(chunks[0]?.text, 'One two three. Four five six.');
});

test('a chunk repeats the end of the one before, as far as the overlap allows', () => {
  const chunks = chunkDocument(
    [block('text', 'Alpha beta gamma. Delta epsilon zeta. Eta theta iota. Kappa lambda mu.')],
    {
      maxTokens: 20,
      overlapTokens: 10,
    },
  );
  assert.ok(chunks.length > 1);
  for (const [index, { text }] of chunks.entries()) {
    const before = chunks[index - 1]?.text.split(/(?<=\.) /).at(-1);
    if (before !== undefined) assert.ok(text.startsWith(before), `${text} starts with ${before}`);
  }
});

test('a long table is cut at rows, each part under its header', () => {
  const rows = Array.from({ length: 30 }, (_, index) => `| row ${index} | value ${index} |`);
  const chunks = chunkDocument([block('table', ['| name | what |', '|---|---|', ...rows].join('\n'))], {
    maxTokens: 80,
    overlapTokens: 0,
  });
  assert.ok(chunks.length > 3);
  for (const { text } of chunks) assert.ok(text.startsWith('| name | what |\n|---|---|\n| row '));
  assert.deepEqual(
    chunks.flatMap(({ text }) => text.split('\n').slice(2)),
    rows,
  );
});

test('code is cut before what begins at the margin', () => {
  const functions = Array.from({ length: 6 }, (_, index) => `function f${index}() {\n  a();\n\n  b();\n}`);
  const chunks = chunkDocument([block('code', functions.join('\n\n'))], { maxTokens: 40, overlapTokens: 0 });
  assert.ok(chunks.length > 1);
  for (const { text } of chunks) assert.match(text, /^function f\d/);
});

test('a chunk has the page on which it begins', () => {
  const chunks = chunkDocument(
    [block('heading', 'A', 1, 1), block('text', 'a', null, 1), block('heading', 'B', 1, 2)],
    large,
  );
  assert.deepEqual(
    chunks.map(({ page }) => page),
    [1, 2],
  );
});

test('a character of several parts is not cut', () => {
  const family = '👨‍👩‍👧‍👦';
  const chunks = chunkDocument([block('text', family.repeat(40))], { maxTokens: 100, overlapTokens: 0 });
  assert.ok(chunks.length > 1);
  for (const { text } of chunks) assert.equal(text.replaceAll(family, ''), '');
});

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc
    .array(
      fc.constantFrom(
        'word ',
        'longerword',
        '日本語。',
        'カタカナ',
        '\n',
        '\n\n',
        '. ',
        '| a | b |\n',
        '|---|---|\n',
        '123 ',
        '    ',
      ),
      {
        maxLength: 120,
      },
    )
    .map((parts) => parts.join('')),
);
const anyBlock = fc.record({
  kind: fc.constantFrom('heading' as const, 'text' as const, 'code' as const, 'table' as const),
  text: anyText,
  level: fc.constantFrom(1, 2, 3),
  page: fc.constant(null),
});
const anyBlocks = fc.array(anyBlock, { maxLength: 12 }) as fc.Arbitrary<ParsedBlock[]>;
const anyStrategy = fc.record({
  maxTokens: fc.integer({ min: 16, max: 200 }),
  overlapTokens: fc.integer({ min: 0, max: 100 }),
});

test('every character lands in a chunk, in order', () => {
  fc.assert(
    fc.property(anyBlocks, anyStrategy, (blocks, strategy) => {
      const found = chunkDocument(blocks, { ...strategy, overlapTokens: 0 })
        .map(({ text }) => text)
        .join('')
        .replaceAll(/\s/g, '');
      // Table headers are repeated, so the characters occur in order with others in between.
      let at = 0;
      for (const character of blocks
        .map(({ text }) => text)
        .join('')
        .replaceAll(/\s/g, '')) {
        at = found.indexOf(character, at) + 1;
        assert.notEqual(at, 0, `${character} is missing`);
      }
    }),
  );
});

test('no chunk is larger than it may be, with any overlap', () => {
  fc.assert(
    fc.property(anyBlocks, anyStrategy, (blocks, strategy) => {
      for (const { text, tokens } of chunkDocument(blocks, strategy)) {
        assert.equal(tokens, estimateTokens(text));
        assert.ok(tokens <= strategy.maxTokens, `${tokens} tokens`);
        assert.ok(text.isWellFormed());
      }
    }),
  );
});

test('two texts together never count more than both alone', () => {
  fc.assert(
    fc.property(anyText, anyText, (a, b) => {
      assert.ok(estimateTokens(a + b) <= estimateTokens(a) + estimateTokens(b));
    }),
  );
});

test('a line of a million characters is cut within a second or two', () => {
  const chunks = chunkDocument([block('text', 'あ'.repeat(500_000) + 'b'.repeat(500_000))], large);
  assert.ok(chunks.length > 500);
});
