import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import type { ParsedBlock } from './blocks/parse-result.ts';
import { parseBytes } from './parse-bytes.ts';

const parse = (filename: string, data: string | Uint8Array): ReturnType<typeof parseBytes> =>
  parseBytes(new Uint8Array(typeof data === 'string' ? Buffer.from(data) : data), filename);

/** The blocks of a valid document, as `kind: text`. */
async function blocksOf(filename: string, data: string | Uint8Array): Promise<string[]> {
  const result = await parse(filename, data);
  assert.ok(result.ok, JSON.stringify(result));
  return result.blocks.map(({ kind, level, text }: ParsedBlock) => `${kind}${level ?? ''}: ${text}`);
}

test('HTML keeps headings, lists, tables and code, and drops scripts, styles and navigation', async () => {
  assert.deepEqual(
    await blocksOf(
      'page.html',
      `<!doctype html><html><head><title>Manual</title><style>p{}</style><script>x()</script></head><body>
      <nav><a href="/">Home</a></nav><h1>Start &amp; stop</h1><p>One <b>two</b>.</p><ul><li>a<li>b</ul>
      <table><tr><th>Name<th>Value<tr><td>x<td>1</table><pre>if (a)\n  b();</pre><h2>続き</h2>終わり。</body></html>`,
    ),
    [
      'heading1: Manual',
      'heading1: Start & stop',
      'text: One two.\n\n- a\n- b',
      'table: Name | Value\nx | 1',
      'code: if (a)\n  b();',
      'heading2: 続き',
      'text: 終わり。',
    ],
  );
});

test('Markdown keeps headings of both kinds, code and tables', async () => {
  assert.deepEqual(
    await blocksOf(
      'a.md',
      'Title\n=====\n\nOne\ntwo.\n\n## Sub ##\n```sh\n# no heading\n```\n| a | b |\n|---|---|\n| 1 | 2 |\nend',
    ),
    [
      'heading1: Title',
      'text: One\ntwo.',
      'heading2: Sub',
      'code: # no heading',
      'table: | a | b |\n|---|---|\n| 1 | 2 |',
      'text: end',
    ],
  );
});

test('every row of a CSV file says what its values are', async () => {
  assert.deepEqual(await blocksOf('a.csv', '\uFEFF名前;年齢\n花子;30\n"太 ""X""\n郎";\n'), [
    'text: 名前: 花子; 年齢: 30\n名前: 太 "X" 郎',
  ]);
});

test('JSON becomes lines of path and value, JSON Lines a block a line', async () => {
  assert.deepEqual(await blocksOf('a.json', '{"a":{"b":[1,2],"c":[{"d":true},{"d":null}]}}'), [
    'text: a.b: 1, 2\na.c.0.d: true\na.c.1.d: null',
  ]);
  assert.deepEqual(await blocksOf('a.jsonl', '{"q":"x"}\n\n{"q":"y"}'), ['text: q: x', 'text: q: y']);
});

test('source code stays as it is', async () => {
  assert.deepEqual(await blocksOf('a.py', 'def f():\n    return 1\n'), ['code: def f():\n    return 1']);
});

test('text is read in the encodings that Japanese files have', async () => {
  const text = '日本語のテキストです。カタカナと漢字が混ざります。';
  const bytes = {
    'utf-16le': Buffer.from(`\uFEFF${text}`, 'utf16le'),
    'utf-16be': Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(),
    shift_jis: Buffer.from(
      '93fa967b8cea82cc8365834c8358836782c582b78142834a835e834a836982c68abf8e9a82aa8dac82b482e882dc82b78142',
      'hex',
    ),
    'euc-jp': Buffer.from('c6fccbdcb8eca4cea5c6a5ada5b9a5c8a4c7a4b9a1a3', 'hex'),
    'iso-2022-jp': Buffer.from('\u001B$BF|K\\8l\u001B(B'),
  };
  assert.deepEqual(await blocksOf('a.txt', bytes['utf-16le']), [`text: ${text}`]);
  assert.deepEqual(await blocksOf('a.txt', bytes['utf-16be']), [`text: ${text}`]);
  assert.deepEqual(await blocksOf('a.txt', bytes.shift_jis), [`text: ${text}`]);
  assert.deepEqual(await blocksOf('a.txt', bytes['euc-jp']), ['text: 日本語のテキストです。']);
  assert.deepEqual(await blocksOf('a.txt', bytes['iso-2022-jp']), ['text: 日本語']);
});

test('what the content is decides before what the name says', async () => {
  const page = await parse('notes.txt', '<!DOCTYPE html><html><h1>A</h1></html>');
  assert.ok(page.ok);
  assert.equal(page.format, 'html');
  const data = await parse('data', '{"a": 1}');
  assert.ok(data.ok);
  assert.equal(data.format, 'json');
});

test('NUL, other control characters and halves of surrogate pairs do not reach the database', async () => {
  assert.deepEqual(await blocksOf('a.txt', `${'a'.repeat(200)}\u0000b\u0007c`), [`text: ${'a'.repeat(200)}bc`]);
  assert.deepEqual(await blocksOf('a.json', '{"a":"x\\ud800y\\u0000z"}'), ['text: a: x\uFFFDyz']);
});

test('a file of no known kind is unsupported, an empty or broken one invalid, in words for its owner', async () => {
  const outcomes = {
    'a.png': Buffer.from('89504e470d0a1a0a0000000d49484452000000', 'hex'),
    'a.xlsx': Buffer.from('PK\u0005\u0006'.padEnd(22, '\0')),
    'a.txt': ' \n',
    'a.json': '{"a":',
    'a.pdf': 'not a PDF',
    'b.pdf': '%PDF-1.7\nbroken',
    'a.docx': Buffer.from('PK\u0003\u0004 and nothing more'),
  };
  const found: Record<string, string> = {};
  for (const [name, data] of Object.entries(outcomes)) {
    const result = await parse(name, data);
    assert.ok(!result.ok);
    found[name] = `${result.code}: ${result.message}`;
  }
  assert.deepEqual(found, {
    'a.png':
      'unsupported_file: This kind of file cannot be read. Upload a PDF, DOCX, HTML, Markdown, CSV, JSON, source code or text file.',
    'a.xlsx':
      'unsupported_file: This kind of archive cannot be read. Unpack it, or upload a PDF, DOCX, HTML, Markdown, CSV, JSON or text file.',
    'a.txt': 'invalid_file: The document holds no text.',
    'a.json': 'invalid_file: The file is not valid JSON: it ends too early or holds a stray character.',
    'a.pdf': 'invalid_file: The file is named .pdf but holds no PDF document.',
    'b.pdf': 'invalid_file: The file is not a valid PDF: it is damaged or incomplete.',
    'a.docx': 'invalid_file: The file is damaged: its content does not follow its format.',
  });
});
