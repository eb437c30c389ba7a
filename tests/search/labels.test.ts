import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { chunkDocument } from '../../apps/search/src/chunk/chunk-document.ts';
import { parseBytes } from '../../apps/search/src/parse/parse-bytes.ts';
import { answers, type Label, type Passage, readLabels, root } from '../../bench/search/labels.ts';

const labels = readLabels();

async function passagesOf(document: string): Promise<Passage[]> {
  const parsed = await parseBytes(new Uint8Array(readFileSync(new URL(document, root))), document);
  assert.ok(parsed.ok, document);
  return chunkDocument(parsed.blocks, { maxTokens: 800, overlapTokens: 400 }).map(({ text, headings }) => ({
    document,
    heading: headings.at(-1) ?? null,
    text,
  }));
}

test('every question has a passage that exists', async () => {
  const lost: Label[] = [];
  for (const document of new Set(labels.map((label) => label.document))) {
    const passages = await passagesOf(document);
    const own = labels.filter((label) => label.document === document);
    lost.push(...own.filter((label) => !passages.some((passage) => answers(passage, label))));
  }
  assert.deepEqual(lost, []);
});

test('there are at least 200 questions in each language, all different', () => {
  for (const language of ['en', 'ja']) {
    const questions = labels.filter((label) => label.language === language).map(({ question }) => question);
    assert.ok(questions.length >= 200, `${language}: ${questions.length}`);
    assert.equal(new Set(questions).size, questions.length);
  }
});

test('Japanese questions about English documents are marked, and no others', () => {
  for (const { language, document, crossLingual } of labels) {
    assert.equal(crossLingual === true, language === 'ja' && !document.endsWith('.ja.md'), document);
  }
});
