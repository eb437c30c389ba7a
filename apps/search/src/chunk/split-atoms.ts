import { estimateTokens } from './estimate-tokens.ts';

/** The smallest unit of chunking: a sentence, a line of code, a row. `before` rates the boundary before it. */
export interface Atom {
  readonly text: string;
  readonly tokens: number;
  readonly before: Strength;
}

/** Strength of a boundary. 3: paragraphs, blocks, blank lines of code. 2: lines. 1: sentences. 0: within a sentence. */
export type Strength = 0 | 1 | 2 | 3;

/** Splits prose into sentences. The concatenated atoms equal the text. */
export function proseAtoms(text: string, maxTokens: number): Atom[] {
  return linesOf(text).flatMap(({ line, blank }) => {
    const sentences = sentencesOf(line);
    return sentences.flatMap((sentence, index) => fit(sentence, index > 0 ? 1 : blank ? 3 : 2, maxTokens));
  });
}

/** Splits code into lines; an unindented line after a blank one begins a block. */
export function codeAtoms(text: string, maxTokens: number): Atom[] {
  return linesOf(text).flatMap(({ line, blank }) => fit(line, blank ? (/^\S/.test(line) ? 3 : 2) : 1, maxTokens));
}

/** Splits a table into rows. */
export function rowAtoms(text: string, maxTokens: number): Atom[] {
  return linesOf(text).flatMap(({ line }) => fit(line, 2, maxTokens));
}

/**
 * Lines with the line feeds and blank lines that follow them; `blank` when a blank line precedes. Without a regular
 * expression, so that it takes linear time.
 */
function linesOf(text: string): { readonly line: string; readonly blank: boolean }[] {
  const lines: { readonly line: string; readonly blank: boolean }[] = [];
  let blank = true;
  for (let from = 0; from < text.length;) {
    const feed = text.indexOf('\n', from);
    let to = feed < 0 ? text.length : feed + 1;
    let blankAfter = false;
    for (let next = blankLineEnd(text, to); next > to; next = blankLineEnd(text, to)) {
      to = next;
      blankAfter = true;
    }
    lines.push({ line: text.slice(from, to), blank });
    from = to;
    blank = blankAfter;
  }
  return lines;
}

/** The end of the blank line that begins here, or `from` when the line is not blank. */
function blankLineEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== '\n' && isBlank(text, at)) at++;
  return text[at] === '\n' ? at + 1 : from;
}

function isBlank(text: string, at: number): boolean {
  return /^\s/.test(text[at] ?? '');
}

function sentencesOf(line: string): string[] {
  const sentences: string[] = [];
  let from = 0;
  for (let at = 0; at < line.length;) {
    const { next, ends } = markAt(line, at);
    at = next;
    if (!ends) continue;
    while (at < line.length && isBlank(line, at)) at++;
    if (at === line.length) break;
    sentences.push(line.slice(from, at));
    from = at;
  }
  sentences.push(line.slice(from));
  return sentences;
}

/**
 * Where to continue, and whether a sentence ends there. A Japanese mark with its closing brackets ends a sentence,
 * unless the sentence continues after the quotation (「…？」と); a Latin mark only before a blank. Each character is read
 * at most twice, so the time is linear.
 */
function markAt(line: string, from: number): { readonly next: number; readonly ends: boolean } {
  const japanese = runEnd(line, from, '。！？｡');
  if (japanese > from) {
    const next = runEnd(line, japanese, '」』）】');
    return { next, ends: next === japanese || !/^[\p{Script=Hiragana}、]/u.test(line[next] ?? '') };
  }
  const latin = runEnd(line, from, '.!?');
  if (latin === from) return { next: from + 1, ends: false };
  const next = runEnd(line, latin, '"\'”’)]');
  return { next, ends: isBlank(line, next) };
}

/** The end of a run of the given characters, each of one UTF-16 unit. */
function runEnd(text: string, from: number, characters: string): number {
  let at = from;
  while (at < text.length && characters.includes(text.charAt(at))) at++;
  return at;
}

/** One atom, or several when it is larger than a chunk. */
function fit(text: string, before: Strength, maxTokens: number): Atom[] {
  const tokens = estimateTokens(text);
  if (tokens <= maxTokens) return [{ text, tokens, before }];
  const atoms: Atom[] = [];
  let from = 0;
  while (from < text.length) {
    const to = cutAt(text, from, maxTokens);
    const piece = text.slice(from, to);
    atoms.push({ text: piece, tokens: estimateTokens(piece), before: from === 0 ? before : 0 });
    from = to;
  }
  return atoms;
}

/** The end of the longest piece that fits: after a nearby blank if possible, and not within a grapheme. */
function cutAt(text: string, from: number, maxTokens: number): number {
  // The estimate gives at most {@link charactersPerToken} characters for a token, so the end is within this window.
  const window = text.slice(from, from + Math.ceil(maxTokens * charactersPerToken) + 1);
  if (estimateTokens(window) <= maxTokens) return from + window.length;
  let low = 1;
  let high = window.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (estimateTokens(window.slice(0, middle)) <= maxTokens) low = middle;
    else high = middle - 1;
  }
  let blank = low - 1;
  while (blank >= low / 2 && !isBlank(window, blank)) blank--;
  if (blank >= low / 2) return from + blank + 1;
  return from + characterStart(window, low);
}

const charactersPerToken = 4;
/** Longest grapheme that is kept together. */
const graphemeUnits = 32;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The start of the grapheme at a position, unless that would leave an empty piece. */
function characterStart(text: string, at: number): number {
  const base = Math.max(0, at - graphemeUnits);
  const start =
    base + (graphemes.segment(text.slice(base, at + graphemeUnits)).containing(at - base)?.index ?? at - base);
  if (start > base) return start;
  const pair = /^[\uDC00-\uDFFF]/.test(text.slice(at)) ? at - 1 : at;
  return pair > 0 ? pair : Math.min(text.length, at + 1);
}
