import type { TextPiece } from '../prompting.ts';
import { escapePattern } from './control-text.ts';
import { tokenizeInWindows } from './tokenize-in-windows.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * The native tokenizer works without a break, and looks for control tokens in a time that grows with their number times the
 * length of the text, so it is given a few thousand characters at a time where they can be cut.
 */
const partCharacters = 4_096;

/** A part beyond this has no place to cut it; it is tokenised in windows that overlap. */
const longPartCharacters = 2 * partCharacters;

/**
 * A prompt that does not fit is counted all the same, since its sender wants to know by how much it must become shorter: to
 * this many times the context, and this many tokens beyond it at the most. What is longer tells this number.
 */
const countedContexts = 8;
const countedBeyond = 65_536;

/**
 * A text that can only be tokenised in one go is first counted in slices, whose tokens are nearly those of the whole. Beyond
 * this many contexts it cannot fit, and the count of its slices is what its sender is told.
 */
const wholeContexts = 2;

export type PromptTokenizer = (pieces: readonly TextPiece[], begins: boolean) => Generator<void, number[], void>;

type CutVocabulary = Pick<
  Vocabulary,
  'cutTexts' | 'cutsBetweenWords' | 'windows' | 'bytesInText' | 'tokenize' | 'withBeginning'
>;

/** See {@link Engine.tokenizePieces}. */
export function createPromptTokenizer(vocabulary: CutVocabulary, contextTokens: number): PromptTokenizer {
  const mostTokens = Math.min(contextTokens * countedContexts, contextTokens + countedBeyond);
  const plainCuts = cutsFor(vocabulary, []);
  const cuts = cutsFor(vocabulary, vocabulary.cutTexts);
  return function* tokenizePieces(pieces, begins) {
    const tokens: number[] = [];
    for (const { text, plain } of pieces) {
      for (const part of partsOf(text, plain ? plainCuts : cuts)) {
        const partTokens =
          part.length <= longPartCharacters
            ? vocabulary.tokenize(part, !plain)
            : yield* tokenizeLong(part, !plain, vocabulary, { mostTokens, wholeTokens: contextTokens * wholeContexts });
        for (const token of partTokens) tokens.push(token);
        if (tokens.length > mostTokens) break;
        yield;
      }
      if (tokens.length > mostTokens) break;
    }
    return begins ? vocabulary.withBeginning(tokens) : tokens;
  };
}

interface LongLimits {
  readonly mostTokens: number;
  /** A text of more tokens is not tokenised in one go. */
  readonly wholeTokens: number;
}

/** A part without a place to cut it. What has more tokens than fit may have others than the whole would have. */
function* tokenizeLong(
  part: string,
  special: boolean,
  vocabulary: CutVocabulary,
  limits: LongLimits,
): Generator<void, number[], void> {
  // A control token is a text of its own, so what follows it can be tokenised alone.
  const control = special ? (vocabulary.cutTexts.find((text) => text.length > 0 && part.startsWith(text)) ?? '') : '';
  const rest = vocabulary.windows?.strips === false ? part.slice(control.length) : part;
  const before = rest.length === part.length ? [] : vocabulary.tokenize(control, special);
  const inWindows = yield* tokenizeInWindows(rest, special, vocabulary, limits.mostTokens);
  if (inWindows !== null) return [...before, ...inWindows];
  const inSlices: number[] = [];
  for (const slice of slicesOf(part)) {
    for (const token of vocabulary.tokenize(slice, special)) inSlices.push(token);
    if (inSlices.length > limits.mostTokens) return inSlices;
    yield;
  }
  return inSlices.length > limits.wholeTokens ? inSlices : vocabulary.tokenize(part, special);
}

function* slicesOf(text: string): Generator<string> {
  for (let begin = 0; begin < text.length;) {
    let end = begin + partCharacters;
    // Not between the two halves of a character.
    if (/[\uD800-\uDBFF]/.test(text.charAt(end - 1))) end++;
    yield text.slice(begin, end);
    begin = end;
  }
}

/**
 * Between words, right before what parts them. Every pattern by which tokenizers of this kind cut a text into words ends a word
 * there, and begins the next one with no look behind it.
 */
const betweenWords = String.raw`(?<=\p{L})[ 。、，](?=\p{L})|(?<=[\p{L}\p{N}])\n(?=\S)`;

/** Where no token can reach across: right before control tokens, and between words where the vocabulary allows it. */
function cutsFor({ cutsBetweenWords }: CutVocabulary, cutTexts: readonly string[]): RegExp | null {
  const known = cutTexts.filter((text) => text.length > 0).toSorted((a, b) => b.length - a.length);
  const patterns = known.map((text) => escapePattern(text));
  if (cutsBetweenWords) patterns.push(betweenWords);
  return patterns.length === 0 ? null : new RegExp(patterns.join('|'), 'gu');
}

/** Parts of about the size that the tokenizer is given at a time. A stretch without a place to cut it is a part of its own. */
function* partsOf(text: string, cuts: RegExp | null): Generator<string> {
  let begin = 0;
  if (cuts !== null && text.length >= partCharacters) {
    let last = 0;
    for (const { index } of text.matchAll(cuts)) {
      if (index - last > longPartCharacters && last > begin) {
        yield text.slice(begin, last);
        begin = last;
      }
      last = index;
      if (index - begin < partCharacters) continue;
      yield text.slice(begin, index);
      begin = index;
    }
    if (text.length - last > longPartCharacters && last > begin) {
      yield text.slice(begin, last);
      begin = last;
    }
  }
  yield text.slice(begin);
}
