import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseBytes } from './parse-bytes.ts';

/** The files were made by ReportLab and python-docx, with Helvetica and with a subset of IPA Gothic. */
async function blocksOf(filename: string): Promise<unknown[][]> {
  const result = await parseBytes(
    new Uint8Array(readFileSync(new URL(`fixtures/${filename}`, import.meta.url))),
    filename,
  );
  assert.ok(result.ok, JSON.stringify(result));
  return result.blocks.map(({ kind, level, page, text }) => [kind, level, page, text]);
}

test('an English PDF has headings, paragraphs, whole words and pages', async () => {
  assert.deepEqual(await blocksOf('english.pdf'), [
    ['heading', 1, 1, 'Operating the press'],
    [
      'text',
      null,
      1,
      'Check the oil before the shift. The press must not be started while the guard is open, and never without gloves.\n\nCall the fitter when it stalls.',
    ],
    ['heading', 1, 2, 'Cleaning'],
    ['text', null, 2, 'Wipe the rollers every evening.'],
  ]);
});

test('the lines of a Japanese PDF are joined without blanks', async () => {
  assert.deepEqual(await blocksOf('japanese.pdf'), [
    ['heading', 1, 1, '機械の運転'],
    [
      'text',
      null,
      1,
      '始業前に油を点検してください。カバーが開いているときは運転しないでください。\n\n止まったら整備担当に連絡します。',
    ],
    ['heading', 1, 2, '清掃'],
    ['text', null, 2, '毎晩ローラーを拭きます。'],
  ]);
});

test('a Word document has headings, paragraphs and tables, in both languages', async () => {
  assert.deepEqual(await blocksOf('english.docx'), [
    ['heading', 1, null, 'Handbook'],
    ['text', null, null, 'Ask two weeks ahead.'],
    ['heading', 2, null, 'Leave'],
    ['text', null, null, 'a'],
    ['table', null, null, 'Kind | Days\nHoliday | 25'],
  ]);
  assert.deepEqual(await blocksOf('japanese.docx'), [
    ['heading', 1, null, '就業規則'],
    ['text', null, null, '二週間前に申請してください。'],
    ['heading', 2, null, '休暇'],
    ['text', null, null, 'あ'],
    ['table', null, null, '種類 | 日数\n年次休暇 | 25日'],
  ]);
});
