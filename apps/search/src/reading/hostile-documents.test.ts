import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { watchStretches } from '../testing/busy-stretch.ts';
import { zipOf } from '../testing/zip-of.ts';
import { createReader } from './create-reader.ts';

/**
 * Documents that are crafted to be expensive: each is parsed or refused with a reason, within its reader's limits,
 * without CPU time or memory of the service.
 */

const reader = createReader();
after(() => reader.close());

const sizes = { maxTokens: 800, overlapTokens: 400, store: 1, from: 0 };
const stretchLimitMs = 250;
/** Twice the size of a reply, and uncollected garbage. */
const growthLimitBytes = 256 * 1_048_576;

const repeat = (text: string, bytes: number): string => text.repeat(Math.ceil(bytes / text.length));
const word = (body: string): Buffer =>
  zipOf({ 'word/document.xml': `<?xml version="1.0"?><w:document xmlns:w="w"><w:body>${body}</w:body></w:document>` });

/** A PDF with that many pages, or one that claims to have them. */
function pdfOf(pages: number, content: string): string {
  const kids = Array.from({ length: pages }, (_, page) => `${page + 4} 0 R`).join(' ');
  const objects = [
    '1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj',
    `2 0 obj<</Type/Pages/Kids[${kids}]/Count ${pages}>>endobj`,
    '3 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj',
    ...Array.from(
      { length: pages },
      (_, page) =>
        `${page + 4} 0 obj<</Type/Page/Parent 2 0 R/Contents ${pages + 4} 0 R/Resources<</Font<</F 3 0 R>>>>>>endobj`,
    ),
    `${pages + 4} 0 obj<</Length ${content.length}>>stream\n${content}\nendstream endobj`,
  ];
  return `%PDF-1.4\n${objects.join('\n')}\ntrailer<</Root 1 0 R/Size ${pages + 5}>>`;
}

const documents: Readonly<Record<string, () => string | Buffer>> = {
  'columns.csv': () => `${repeat('a,', 300_000)}\n${repeat('1,', 300_000)}\n`,
  'rows.csv': () => repeat('a,b\n', 500_000),
  'long-header.csv': () => `${'h'.repeat(900_000)},b\n${repeat('1,2\n', 400_000)}`,
  'open-quote.csv': () => `a,b\n"${repeat('x\n', 500_000)}`,
  'elements.json': () => `[${repeat('1,', 500_000)}1]`,
  'objects.json': () => `[${repeat('{},', 600_000)}{}]`,
  'long-path.json': () => `{"${'k'.repeat(500_000)}":[${repeat('{"a":1},', 400_000)}{}]}`,
  'deep.json': () => `${'['.repeat(400_000)}${']'.repeat(400_000)}`,
  'lines.jsonl': () => repeat('{"a":1}\n', 500_000),
  'headings.md': () => repeat('# a\n\nb\n\n', 500_000),
  'quotes.md': () => repeat('> ', 400_000),
  'tables.md': () => repeat('| a | b |\n|---|---|\n', 500_000),
  'fences.md': () => repeat('```\n', 400_000),
  'tags.html': () => repeat('<div>', 4_000_000),
  'unclosed.html': () => repeat('<a b="', 500_000),
  'entities.html': () => `<p>${repeat('&amp;&lt;&bogus;', 500_000)}`,
  'cells.html': () => `<table><tr>${repeat('<td>x', 500_000)}`,
  'nested-tables.html': () => repeat('<table><tr><td>', 600_000),
  'headings.html': () => repeat('<h1>a</h1>b', 500_000),
  'paragraphs.docx': () => word(repeat('<w:p><w:r><w:t>a</w:t></w:r></w:p>', 3_000_000)),
  'deep.docx': () => word(repeat('<w:tbl><w:tr><w:tc>', 300_000)),
  'pages.pdf': () => pdfOf(1_000, 'BT /F 12 Tf (Hello) Tj ET'),
  'text.pdf': () => pdfOf(1, repeat('BT /F 12 Tf (Hello) Tj ET\n', 400_000)),
  'operators.pdf': () => pdfOf(1, repeat('q ', 8_000)),
};

for (const [filename, make] of Object.entries(documents)) {
  test(`${filename} is read or refused with a reason, and costs the service nothing`, async () => {
    const data = Buffer.from(make());
    const source = {
      bytes: data.length,
      async *open() {
        for (let at = 0; at < data.length; at += 1_048_576) yield data.subarray(at, at + 1_048_576);
      },
    };
    const before = process.memoryUsage.rss();
    const stretches = watchStretches();
    const { end, batches } = await reader.read(source, { ...sizes, filename }, new AbortController().signal);
    const longestMs = stretches.stop();
    assert.ok(longestMs < stretchLimitMs, `the thread computed for ${longestMs} ms without a break`);
    assert.ok(process.memoryUsage.rss() - before < growthLimitBytes);
    if (end.ok) assert.ok(batches.length > 0);
    else assert.ok(end.code !== 'elsewhere' && end.message.length > 20, JSON.stringify(end));
  });
}
