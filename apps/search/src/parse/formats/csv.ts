import { parse } from 'csv-parse';
import type { BlockWriter } from '../blocks/block-writer.ts';
import { Unreadable } from '../blocks/parse-result.ts';

const delimiters = [',', '\t', ';', '|'] as const;
/** Rows of a block, a compromise between the size and the number of blocks. */
const rowsPerBlock = 100;
const recordCharacterLimit = 1_000_000;

/** Every row becomes `header: value; header: value`, so that it can be understood by itself. */
export async function parseCsv(text: string, writer: BlockWriter): Promise<void> {
  const rows = parse({
    bom: true,
    delimiter: delimiterOf(text),
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: recordCharacterLimit,
  });
  rows.end(text);
  let header: readonly string[] | null = null;
  let pending: string[] = [];
  try {
    for await (const row of rows as AsyncIterable<string[]>) {
      if (header === null) header = row.map((name) => oneLine(name));
      else pending.push(lineOf(row, header));
      if (pending.length < rowsPerBlock) continue;
      writer.add('text', pending.join('\n'));
      pending = [];
    }
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    const line = error instanceof Error && 'lines' in error ? ` near line ${String(error.lines)}` : '';
    throw new Unreadable(`The file is not valid CSV${line}: a quoted value does not end, or a row is too long.`);
  }
  // A single row is not a header.
  if (pending.length === 0 && writer.blocks.length === 0 && header !== null) pending.push(header.join('; '));
  writer.add('text', pending.join('\n'));
}

function lineOf(row: readonly string[], header: readonly string[]): string {
  return row
    .map((value, column) => ({ name: header[column] ?? '', value: oneLine(value) }))
    .filter(({ value }) => value !== '')
    .map(({ name, value }) => (name === '' ? value : `${name}: ${value}`))
    .join('; ');
}

function oneLine(value: string): string {
  return value.replaceAll(/\s+/g, ' ').trim();
}

/** The most frequent delimiter of the first line, outside quotes. */
function delimiterOf(text: string): string {
  const line = text.slice(0, recordCharacterLimit).split('\n', 1)[0] ?? '';
  const bare = line.replaceAll(/"[^"]*"/g, '');
  const counts = delimiters.map((sign) => ({ sign, count: bare.split(sign).length }));
  return counts.toSorted((a, b) => b.count - a.count)[0]?.sign ?? ',';
}
