import { createCutCheck, type CutCheck, type WindowRules } from './window-cuts.ts';

/**
 * Tokenises a long text without a place that no token can span, by windows. The tokens equal those of the whole text.
 *
 * Why they are equal: BPE and SentencePiece merge neighbours in the order of the merges' ranks. If the merging of a text
 * leaves a border between two tokens, the text on either side of it has the same tokens alone as in the whole. The tokens of
 * two such sides together are those of the whole if the two tokens at the border, l and r, stay separate when l and r alone
 * are tokenised, since the first merge across the border would join a part of l and a part of r. So the tokens of a window
 * are taken up to a border inside it, the next window begins at or before that border, and it is accepted if its first
 * token there is the r of the first window. Then l and r are known to stay separate, since they did in the first window.
 */

export interface WindowSize {
  /** Characters of a window. */
  readonly window: number;
  /** Borders this close to a window's end are not used: the tokens there may differ from those of the whole text. */
  readonly margin: number;
  /** How far back from its usual end a window may end. */
  readonly endSearch: number;
  /**
   * Characters by which a window of SentencePiece begins before the border, and one more at each try: these vocabularies put
   * a blank before every text, which changes its first tokens.
   */
  readonly lead: number;
}

const usualSize: WindowSize = { window: 4_096, margin: 64, endSearch: 2_048, lead: 64 };

/** Borders of a window that are tried before windows are given up. */
const triesLimit = 8;

export interface WindowVocabulary {
  /** Null when texts cannot be cut into windows. */
  readonly windows: WindowRules | null;
  tokenize(text: string, special: boolean): number[];
  /** The bytes of a text that a token covers. */
  bytesInText(token: number, special: boolean): Uint8Array;
}

interface Window {
  /** Where it begins in the text. */
  readonly from: number;
  readonly end: number;
  readonly tokens: readonly number[];
  /** Where each token begins in the text; -1 inside a character. */
  readonly begins: readonly number[];
  /** The first token that counts. */
  readonly first: number;
}

/**
 * Null when the text cannot be cut often enough, or the vocabulary changes texts in ways that cannot be followed. More than
 * `mostTokens` are not the tokens of the whole: nobody can use them.
 */
export function* tokenizeInWindows(
  text: string,
  special: boolean,
  vocabulary: WindowVocabulary,
  mostTokens: number,
  size: WindowSize = usualSize,
): Generator<void, number[] | null, void> {
  const { windows } = vocabulary;
  if (windows === null) return null;
  const canCut = createCutCheck(windows);
  const reading: Reading = { special, vocabulary, canCut, size };
  const lead = windows.kind === 'spm' ? size.lead : 0;
  const tokens: number[] = [];
  let window = readWindow(text, 0, 0, reading);
  while (window !== null && window.end < text.length) {
    yield;
    let next: Window | null = null;
    let border = 0;
    let tries = 0;
    for (border of bordersOf(window, text, reading)) {
      const begin = window.begins[border] ?? 0;
      const from = lead === 0 ? begin : cutBefore(text, begin - lead - tries++, canCut);
      next = readWindow(text, from, begin, reading);
      if (next !== null && next.tokens[next.first] === window.tokens[border]) break;
      next = null;
      yield;
    }
    if (next === null) return null;
    for (let at = window.first; at < border; at++) tokens.push(window.tokens[at] ?? 0);
    if (tokens.length > mostTokens) return tokens;
    window = next;
  }
  if (window === null) return null;
  for (const token of window.tokens.slice(window.first)) tokens.push(token);
  return tokens;
}

/** The nearest place to cut at or before `at`. */
function cutBefore(text: string, at: number, canCut: CutCheck): number {
  let cut = at;
  while (cut > 0 && !canCut(text, cut)) cut--;
  return Math.max(0, cut);
}

/** Tokens of a window before which its text may be cut, the last ones first. */
function* bordersOf(window: Window, text: string, { canCut, size }: Reading): Generator<number, void, void> {
  let tries = 0;
  for (let at = window.tokens.length - 1; at > window.first && tries < triesLimit; at--) {
    const begin = window.begins[at] ?? -1;
    if (begin === -1 || begin > window.end - size.margin || !canCut(text, begin)) continue;
    tries++;
    yield at;
  }
}

interface Reading {
  readonly special: boolean;
  readonly vocabulary: WindowVocabulary;
  readonly canCut: CutCheck;
  readonly size: WindowSize;
}

/** @param border where the first token that counts must begin. Null when it does not, or the window cannot end. */
function readWindow(text: string, from: number, border: number, reading: Reading): Window | null {
  const end = endOf(text, from, reading);
  if (end === null) return null;
  const part = text.slice(from, end);
  const tokens = reading.vocabulary.tokenize(part, reading.special);
  const begins = beginsOf(tokens, part, reading)?.map((begin) => (begin === -1 ? -1 : from + begin));
  // Whatever stands before a whole text belongs to it.
  const first = border === 0 ? 0 : (begins?.indexOf(border) ?? -1);
  return begins === undefined || first === -1 ? null : { from, end, tokens, begins, first };
}

function endOf(text: string, from: number, { canCut, size }: Reading): number | null {
  const usual = from + size.window;
  if (usual >= text.length) return text.length;
  for (let end = usual; end > usual - size.endSearch; end--) if (canCut(text, end)) return end;
  return null;
}

/** Where each token begins in the text, -1 inside a character. Undefined when the tokens do not spell the text. */
function beginsOf(tokens: readonly number[], text: string, { vocabulary, special }: Reading): number[] | undefined {
  const spelled = tokens.map((token) => vocabulary.bytesInText(token, special));
  const bytes = Buffer.from(text, 'utf8');
  const all = Buffer.concat(spelled);
  // The blank that SentencePiece puts before a text.
  const added = all.length - bytes.length;
  if (added !== 0 && !(added === 1 && all[0] === 0x20)) return undefined;
  if (bytes.compare(all, added) !== 0) return undefined;
  const begins: number[] = [];
  let offset = -added;
  let read = 0;
  let at = 0;
  for (const { length } of spelled) {
    while (read < offset) {
      const code = text.codePointAt(at) ?? 0;
      read += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
      at += code < 0x10000 ? 1 : 2;
    }
    begins.push(read === offset ? at : -1);
    offset += length;
  }
  return begins;
}
