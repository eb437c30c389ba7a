import { isDeepLine, lexBlocks } from './lexer.ts';
import { markdownLimits } from './limits.ts';

export interface Block {
  /** Where it begins in the text: it never moves, so it names the block. */
  readonly at: number;
  readonly raw: string;
  /** `plain` is shown as it is: too large to be read as Markdown. */
  readonly kind: 'markdown' | 'plain';
}

/** A text in blocks. The blocks before `tailAt` do not change when more text follows. */
export interface Split {
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly tailAt: number;
}

export const emptySplit: Split = { text: '', blocks: [], tailAt: 0 };

/**
 * Splits a text into its blocks, reading again only the end of what was split before.
 * @param before of a beginning of the same text; of another text, it is forgotten.
 */
export function splitBlocks(before: Split, text: string): Split {
  if (text === before.text) return before;
  const goesOn = text.length > before.text.length && text.startsWith(before.text);
  const tailAt = goesOn ? before.tailAt : 0;
  const settled = goesOn ? before.blocks.filter(({ at }) => at < tailAt) : [];
  const tail = readTail(text, tailAt);
  return { text, blocks: [...settled, ...tail], tailAt: lastBeginning(text, tail, tailAt) };
}

/**
 * Where the part that may still change begins: the last but one of the blocks with a blank line before them. More text
 * may change how lines without a blank line between them are parsed, and a block after a blank line may turn out to
 * continue a list.
 */
function lastBeginning(text: string, blocks: readonly Block[], from: number): number {
  const begun = blocks.filter(
    ({ at, kind }) => at > from && (kind === 'plain' || blankBefore.test(text.slice(Math.max(0, at - 16), at))),
  );
  return begun.at(-2)?.at ?? from;
}

const blankBefore = /\n[ \t]*\n[ \t]*$/;

const fence = /^ {0,3}(?:`{3,}|~{3,})/;

function readTail(text: string, from: number): readonly Block[] {
  const blocks: Block[] = [];
  let window = firstWindow;
  for (let at = from; at < text.length;) {
    const plain = plainLength(text, at);
    if (plain > 0) {
      blocks.push({ at, raw: text.slice(at, at + plain), kind: 'plain' });
      at += plain;
      continue;
    }
    const isCode = fence.test(text.slice(at, at + 8));
    const end = nextTooMuch(text, at, Math.min(at + window, text.length), isCode);
    const read = lexWindow(text.slice(at, end), at);
    const isLast = end === text.length || end < at + window;
    // The last block of a window may continue after it, so the next window begins with that block.
    const next = isLast ? end : read.length === 0 ? end : lastBeginning(text, read, at);
    blocks.push(...read.filter((block) => block.at < next));
    if (next > at) {
      at = next;
      window = firstWindow;
    } else if (isCode || window < markdownLimits.blockCharacters) window *= 2;
    else {
      const paragraphEnd = endOf(text, '\n\n', end);
      blocks.push({ at, raw: text.slice(at, paragraphEnd), kind: 'plain' });
      at = paragraphEnd;
      window = firstWindow;
    }
  }
  return blocks;
}

/** Characters that are given to the parser at once: its time grows faster than its text. */
const firstWindow = 6_000;

function lexWindow(piece: string, from: number): readonly Block[] {
  const tokens = lexBlocks(piece);
  if (tokens === null) return [{ at: from, raw: piece, kind: 'plain' }];
  const blocks: Block[] = [];
  let at = 0;
  for (const token of tokens) {
    // Marked reads tabs and line ends its own way; a token that differs from the text gives no reliable position.
    const raw = piece.startsWith(token.raw, at) ? token.raw : piece.slice(at);
    if (token.type !== 'space') blocks.push({ at: from + at, raw, kind: 'markdown' });
    at += raw.length;
  }
  return blocks;
}

/** Characters from a place on that are shown plainly: beyond the whole limit, or a line that is too much. 0 for none. */
function plainLength(text: string, at: number): number {
  if (at >= markdownLimits.characters) return text.length - at;
  const lineEnd = endOf(text, '\n', at);
  return isTooMuch(text, at, lineEnd) && !fence.test(text.slice(at, at + 8)) ? lineEnd - at : 0;
}

/** Where the next line begins, before an end, that is too much to be read as Markdown; code may hold such lines. */
function nextTooMuch(text: string, from: number, end: number, isCode: boolean): number {
  const most = Math.min(end, Math.max(from, markdownLimits.characters));
  if (isCode) return most;
  for (let at = from; at < most;) {
    const lineEnd = endOf(text, '\n', at);
    if (at > from && isTooMuch(text, at, lineEnd)) return at;
    at = lineEnd;
  }
  return most;
}

function isTooMuch(text: string, from: number, to: number): boolean {
  return (
    to - from > markdownLimits.blockCharacters || isDeepLine(text.slice(from, Math.min(to, from + leadCharacters)))
  );
}

/** Characters of a line that are read to find its depth. */
const leadCharacters = 512;

function endOf(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at === -1 ? text.length : at + mark.length;
}
