import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isHostile, lexBlock } from './lexer.ts';
import { parseHighlighted } from './parse-highlighted.ts';
import { plainText } from './plain-markdown.ts';
import { tableToCsv } from './table-to-csv.ts';

function types(text: string): string[] {
  const found: string[] = [];
  const walk = (tokens: readonly { type: string; tokens?: never }[]): void => {
    for (const token of tokens) {
      found.push(token.type);
      walk(token.tokens ?? []);
    }
  };
  walk((lexBlock(text) ?? []) as never);
  return found;
}

test('formulas are read in four notations, and prices are not', () => {
  for (const text of ['$x^2$', String.raw`\(x^2\)`, '$$\nx^2\n$$', String.raw`\[x^2\]`]) {
    assert.ok(types(text).includes('math'), text);
  }
  for (const text of ['It costs $5 and $7.', '$ x $', 'a $5', String.raw`\$x\$`]) {
    assert.ok(!types(text).includes('math'), text);
  }
});

test('text that is nested or marked beyond measure is not read as Markdown', () => {
  for (const text of [
    '> '.repeat(5_000),
    '*a **b '.repeat(1_000),
    '['.repeat(3_000),
    'x'.repeat(30_000),
    '\t'.repeat(9_000) + 'x',
    `${'- '.repeat(200)}x`,
  ]) {
    assert.ok(isHostile(text), text.slice(0, 20));
    assert.equal(lexBlock(text), null);
  }
  for (const text of [
    '- a\n  - b\n    - c',
    '---',
    '* * *',
    '```\n' + 'x'.repeat(30_000) + '\n```',
    '    indented code',
  ]) {
    assert.ok(!isHostile(text), text.slice(0, 20));
  }
});

test('coloured code is values, and the same text', () => {
  assert.deepEqual(parseHighlighted('a <span class="hljs-x">b &lt;<span class="hljs-y">c</span></span> &#x27;d'), [
    'a ',
    { scope: 'hljs-x', children: ['b <', { scope: 'hljs-y', children: ['c'] }] },
    " 'd",
  ]);
});

test('a table becomes lines of cells, and no formula', () => {
  const cells = (...texts: string[]) => texts.map((text) => ({ text }));
  assert.equal(
    tableToCsv({ header: cells('a', 'b,c'), rows: [cells('=1+1', 'say "x"'), cells('-5', '-x')] }),
    'a,"b,c"\r\n\'=1+1,"say ""x"""\r\n-5,\'-x',
  );
});

test('plain text has no marks', () => {
  assert.equal(
    plainText('# Title\n\nA **bold** [link](http://x) &amp; `code`.\n\n1. one\n2. two\n\n```js\nlet a;\n```'),
    'Title\n\nA bold link & code.\n\n1. one\n2. two\n\nlet a;',
  );
});
