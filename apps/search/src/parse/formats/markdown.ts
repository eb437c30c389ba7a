import type { BlockWriter } from '../blocks/block-writer.ts';

const atxHeading = /^ {0,3}(#{1,6})(?:[ \t]+|$)/;
const fence = /^ {0,3}(`{3,}|~{3,})/;
const tableRule = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t:|-]*)?$/;
/** A longer line is prose, whatever it begins with. */
const markLineLimit = 2_000;

/** Headings, fenced code and tables become separate blocks; other text is kept as written. */
export function parseMarkdown(text: string, writer: BlockWriter): void {
  const lines = text.replaceAll(/\r\n?/g, '\n').split('\n');
  let pending: string[] = [];
  const flush = (): void => {
    writer.add('text', pending.join('\n'));
    pending = [];
  };
  let at = skipFrontMatter(lines, writer);
  while (at < lines.length) {
    const line = lines[at] ?? '';
    const short = line.length <= markLineLimit;
    const hashes = short ? atxHeading.exec(line)?.[1] : undefined;
    const opening = short ? fence.exec(line)?.[1] : undefined;
    const under = underline(lines, at);
    if (hashes !== undefined) {
      flush();
      writer.heading(line.replace(atxHeading, '').replace(/(?:^|[ \t])#+[ \t]*$/, ''), hashes.length);
      at++;
    } else if (opening !== undefined) {
      flush();
      const end = endOfFence(lines, at + 1, opening);
      writer.add('code', lines.slice(at + 1, end).join('\n'));
      at = end + 1;
    } else if (under !== null && pending.at(-1)?.trim() !== undefined && pending.at(-1)?.trim() !== '') {
      pending.push(line);
      at++;
    } else if (under !== null) {
      flush();
      writer.heading(line, under);
      at += 2;
    } else if (line.includes('|') && tableRule.test(lines[at + 1] ?? '') && lines[at + 1]?.includes('|') === true) {
      flush();
      const end = endOfTable(lines, at + 2);
      writer.add('table', lines.slice(at, end).join('\n'));
      at = end;
    } else {
      pending.push(line);
      at++;
    }
  }
  flush();
}

/** The level of a heading that is underlined by `===` or `---` in the next line. */
function underline(lines: readonly string[], at: number): number | null {
  const line = lines[at] ?? '';
  if (line.trim() === '' || line.length > markLineLimit || /^ {0,3}(?:[-*+>|]|\d+[.)])/.test(line)) return null;
  const mark = /^ {0,3}(=+|-{2,})[ \t]*$/.exec((lines[at + 1] ?? '').slice(0, markLineLimit))?.[1];
  if (mark === undefined) return null;
  return mark.startsWith('=') ? 1 : 2;
}

function endOfFence(lines: readonly string[], from: number, opening: string): number {
  for (let at = from; at < lines.length; at++) {
    const line = (lines[at] ?? '').trim();
    if (line.length >= opening.length && line === (opening[0] ?? '').repeat(line.length)) return at;
  }
  return lines.length;
}

function endOfTable(lines: readonly string[], from: number): number {
  let at = from;
  while (at < lines.length && (lines[at] ?? '').includes('|')) at++;
  return at;
}

/** YAML between `---` lines at the start contains titles and tags that are indexed. */
function skipFrontMatter(lines: readonly string[], writer: BlockWriter): number {
  if (lines[0]?.trimEnd() !== '---') return 0;
  const end = lines.findIndex((line, at) => at > 0 && line.trimEnd() === '---');
  if (end < 0 || !lines.slice(1, end).every((line) => /^(?:\s*#|\s*-|\s*[\w-]+:|\s+|$)/.test(line))) return 0;
  writer.add('text', lines.slice(1, end).join('\n'));
  return end + 1;
}
