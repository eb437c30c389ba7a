import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { markdownLimits } from './limits.ts';
import { emptySplit, splitBlocks } from './split-blocks.ts';

const kinds = [
  '# Title\n',
  'A line with **bold**.\n',
  '\n',
  '- item\n',
  '  more\n',
  '```js\nlet a = 1;\n```\n',
  '| a | b |\n|---|---|\n| 1 | 2 |\n',
  '> quote\n',
  '$$x^2$$\n',
  '1. one\n',
  '<b>raw</b>\n',
  '---\n',
  '\t\tcode\n',
];

function raws(text: string): string[] {
  return splitBlocks(emptySplit, text).blocks.map(({ raw }) => raw);
}

test('a text that grows splits as it does at once, however it is cut', () => {
  const text = fc.array(fc.constantFrom(...kinds), { maxLength: 14 }).map((lines) => lines.join(''));
  fc.assert(
    fc.property(text, fc.array(fc.nat(200), { maxLength: 8 }), (whole, cuts) => {
      let split = emptySplit;
      for (const cut of cuts.toSorted((a, b) => a - b)) split = splitBlocks(split, whole.slice(0, cut));
      split = splitBlocks(split, whole);
      assert.deepEqual(split.blocks, splitBlocks(emptySplit, whole).blocks);
    }),
  );
});

test('blocks that are settled are the same objects afterwards', () => {
  const first = splitBlocks(emptySplit, 'one\n\ntwo\n\nmore\n\nthr');
  const second = splitBlocks(first, 'one\n\ntwo\n\nmore\n\nthree');
  assert.equal(second.blocks[0], first.blocks[0]);
  assert.equal(second.blocks[1], first.blocks[1]);
  assert.equal(second.blocks[3]?.raw, 'three');
});

test('an open code block is one block to the end of the text', () => {
  assert.deepEqual(raws('text\n\n```py\na = 1\n\nb = 2'), ['text', '```py\na = 1\n\nb = 2']);
});

test('windows of a long text fall on no block', () => {
  const long = fc.array(fc.constantFrom(...kinds, 'word '.repeat(300) + '\n'), { minLength: 40, maxLength: 90 });
  fc.assert(
    fc.property(long, fc.nat(9), (lines, tenth) => {
      const text = lines.join('');
      const whole = splitBlocks(emptySplit, text);
      const grown = splitBlocks(splitBlocks(emptySplit, text.slice(0, (text.length * tenth) / 10)), text);
      assert.deepEqual(grown.blocks, whole.blocks);
    }),
    { numRuns: 40 },
  );
});

test('another text is split from its start', () => {
  const before = splitBlocks(emptySplit, 'one\n\ntwo');
  assert.deepEqual(
    splitBlocks(before, 'three').blocks.map(({ raw }) => raw),
    ['three'],
  );
});

test('a line of a megabyte is plain text, and what stands around it is not', () => {
  const { blocks } = splitBlocks(emptySplit, `# Title\n\n${'x'.repeat(100_000)}\n\nAfter`);
  assert.deepEqual(
    blocks.map(({ kind }) => kind),
    ['markdown', 'plain', 'markdown'],
  );
});

test('an answer beyond the limit is plain text from there on', () => {
  const { blocks } = splitBlocks(emptySplit, 'word\n\n'.repeat(markdownLimits.characters / 5));
  assert.equal(blocks.at(-1)?.kind, 'plain');
});
