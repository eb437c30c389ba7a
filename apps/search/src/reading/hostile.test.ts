import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { after, test } from 'node:test';
import { zipOf } from '../testing/zip-of.ts';
import { createReader, type DocumentSource } from './create-reader.ts';
import { decodeBatch } from './read-reply.ts';
import { runProcess } from './run-process.ts';

const mebibyte = 1_024 * 1_024;

const reader = createReader();
after(() => reader.close());
const forever = new AbortController().signal;
const sizes = { maxTokens: 800, overlapTokens: 0, store: 1, from: 0 };

const sourceOf = (data: Uint8Array): DocumentSource => ({
  bytes: data.length,
  async *open() {
    yield data;
  },
});

/** Reads a whole document through the reader: its text, or why it was refused. */
async function parse(filename: string, content: string | Uint8Array) {
  const source = sourceOf(typeof content === 'string' ? Buffer.from(content) : content);
  const { end, batches } = await reader.read(source, { ...sizes, filename }, forever);
  if (!end.ok) return end;
  const texts = batches.flatMap((line) => decodeBatch(line).map(({ text }) => text));
  return { ok: true as const, texts };
}

const paragraph = (text: string): string => `<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`;
const wordDocument = (body: string, declaration = ''): string =>
  `<?xml version="1.0"?>${declaration}<w:document xmlns:w="w"><w:body>${body}</w:body></w:document>`;

async function refusal(filename: string, data: string | Uint8Array): Promise<string> {
  const result = await parse(filename, data);
  assert.ok(!result.ok, JSON.stringify(result).slice(0, 200));
  return `${result.code}: ${result.message}`;
}

test('an archive made here is read', async () => {
  const result = await parse('a.docx', zipOf({ 'word/document.xml': wordDocument(paragraph('hello')) }));
  assert.deepEqual(result.ok && result.texts, ['hello']);
});

test('a decompression bomb is refused by what it claims', async () => {
  const bomb = zipOf({ 'word/document.xml': Buffer.alloc(50 * mebibyte) });
  assert.match(await refusal('a.docx', bomb), /^invalid_file: The file unpacks to far more than its size allows/);
});

test('a decompression bomb that lies about its size is refused while it is unpacked', async () => {
  const bomb = zipOf({ 'word/document.xml': Buffer.alloc(50 * mebibyte, 'a') }, 1_000);
  assert.match(await refusal('a.docx', bomb), /^invalid_file: The file is damaged/);
});

test('an archive within an archive is not opened', async () => {
  const nested = zipOf({ 'inner.zip': zipOf({ 'word/document.xml': 'x' }) });
  assert.match(await refusal('a.zip', nested), /^unsupported_file: This kind of archive/);
});

test('an archive of very many files is refused by its directory', async () => {
  const parts = Object.fromEntries(Array.from({ length: 10_100 }, (_, index) => [`f${index}`, '']));
  assert.match(await refusal('a.docx', zipOf(parts)), /^invalid_file: The archive holds more than 10000 files/);
});

test('entities that expand each other expand nothing', async () => {
  const entities = Array.from({ length: 12 }, (_, index) => `<!ENTITY e${index + 1} "${`&e${index};`.repeat(10)}">`);
  const declaration = `<!DOCTYPE w [<!ENTITY e0 "lol">${entities.join('')}]>`;
  const result = await parse(
    'a.docx',
    zipOf({ 'word/document.xml': wordDocument(paragraph('before &e12; after'), declaration) }),
  );
  assert.ok(result.ok);
  assert.ok((result.texts[0]?.length ?? 0) < 100);
});

test('tags and lists that nest ten thousand deep are read or refused, and nothing overflows', async () => {
  const page = await parse('a.html', `${'<div><table><tr><td><ul><li>'.repeat(10_000)}deep`);
  assert.ok(page.ok);
  const document = await parse(
    'a.docx',
    zipOf({ 'word/document.xml': wordDocument(`${'<w:tbl><w:tr><w:tc>'.repeat(10_000)}${paragraph('deep')}`) }),
  );
  assert.ok(!document.ok || document.texts.length > 0);
  assert.match(await refusal('a.json', `${'['.repeat(10_000)}1${']'.repeat(10_000)}`), /nests deeper than 200 levels/);
});

test('a hundred million zeros are refused without being read', async () => {
  assert.match(await refusal('a.txt', new Uint8Array(100_000_000)), /^unsupported_file/);
});

test('one line of fifty million characters is refused for its length', async () => {
  assert.match(
    await refusal('a.txt', Buffer.alloc(50_000_000, 'a')),
    /^invalid_file: The document holds more than 20,000,000/,
  );
});

test('a PDF whose pages are their own parents ends', async () => {
  const loop =
    '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>endobj\ntrailer<</Root 1 0 R/Size 3>>';
  assert.match(await refusal('a.pdf', loop), /^invalid_file/);
});

test('a PDF that claims a million pages is refused', async () => {
  const many =
    '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1000000>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R>>endobj\ntrailer<</Root 1 0 R/Size 4>>';
  assert.match(await refusal('a.pdf', many), /^invalid_file/);
});

const large = Buffer.from(`[${'[1,2],'.repeat(2_000_000)}0]`);

test('a document that takes too long, or too much memory, fails alone', async () => {
  const request = { ...sizes, filename: 'a.json' };
  const read = async (limits: { readonly timeoutMs: number; readonly residentBytes: number }): Promise<string> => {
    const { end } = await runProcess(sourceOf(large).open(), request, forever, limits);
    return end.ok ? '' : end.message;
  };
  assert.match(await read({ timeoutMs: 1, residentBytes: 1e12 }), /took longer than 0.001 s/);
  assert.match(await read({ timeoutMs: 60_000, residentBytes: mebibyte }), /needs more memory/);
  assert.ok((await parse('b.html', '<p>fine')).ok);
});

test('a parser ends when nobody waits for it any more', async () => {
  const stop = new AbortController();
  const parsing = reader.read(sourceOf(large), { ...sizes, filename: 'a.json' }, stop.signal);
  stop.abort(new Error('cancelled'));
  await assert.rejects(parsing, { message: 'cancelled' });
  await assert.rejects(reader.read(sourceOf(large), { ...sizes, filename: 'a.txt' }, stop.signal), {
    message: 'cancelled',
  });
});

test("bytes that cannot be fetched are nobody's fault, and the same document is read when they can", async () => {
  const broken: DocumentSource = {
    bytes: 1_000_000,
    async *open() {
      yield Buffer.from('<p>');
      throw new Error('the disk is away');
    },
  };
  await assert.rejects(reader.read(broken, { ...sizes, filename: 'a.html' }, forever), { message: 'the disk is away' });
});
