import { blockLimit, tagDepthLimit, textCharacterLimit } from './parse-limits.ts';
import { Unreadable, type ParsedBlock } from './parse-result.ts';

export interface BlockWriter {
  readonly blocks: readonly ParsedBlock[];
  heading(text: string, level: number, page?: number): void;
  add(kind: 'text' | 'code' | 'table', text: string, page?: number): void;
}

const levelLimit = 6;

/** Collects blocks, cleans their text, drops empty ones and enforces the limit on a document's text. */
export function createBlockWriter(): BlockWriter {
  const blocks: ParsedBlock[] = [];
  let characters = 0;
  const push = (block: ParsedBlock): void => {
    if (block.text === '') return;
    characters += block.text.length;
    if (characters > textCharacterLimit) throw new Unreadable(tooLong);
    if (blocks.length >= blockLimit) throw new Unreadable(tooManyParts);
    blocks.push(block);
  };
  return {
    blocks,
    heading: (text, level, page) =>
      push({
        kind: 'heading',
        text: clean(text).replaceAll(/\s+/g, ' ').trim(),
        level: Math.max(1, Math.min(levelLimit, level)),
        page: page ?? null,
      }),
    add: (kind, text, page) => push({ kind, text: trimLines(clean(text)), level: null, page: page ?? null }),
  };
}

export const tooLong = `The document holds more than ${textCharacterLimit.toLocaleString('en')} characters of text. Split it into several files.`;
export const tooDeep = `The document nests deeper than ${tagDepthLimit.toLocaleString('en')} tags. Simplify it.`;
const tooManyParts = `The document has more than ${blockLimit.toLocaleString('en')} parts. Split it into several files.`;

/** Removes what PostgreSQL or UTF-8 cannot hold (NUL, lone surrogates), and other control characters. */
function clean(text: string): string {
  return text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[[\p{Cc}\uFEFF]--[\t\n]]/gv, '')
    .toWellFormed();
}

/** Removes blank lines at both ends and keeps the first line's indent. */
function trimLines(text: string): string {
  return text.trimEnd().replace(/^(?:[^\S\n]*\n)+/, '');
}
