import type { TextPiece } from '../prompting.ts';
import { escapePattern } from './control-text.ts';
import { tokenizeInWindows } from './tokenize-in-windows.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * The native tokenizer cannot be interrupted, and its search for control tokens takes time in proportion to their
 * number times the length of the text. So it gets a few thousand characters at a time where the text can be cut.
 */
const partCharacters = 4_096;

/** A part longer than this has no place to cut it; it is tokenised in overlapping windows. */
const longPartCharacters = 2 * partCharacters;

/**
 * A prompt that does not fit is still counted, so that the error can say by how much it is too long: up to this many
 * times the context, and up to this many tokens beyond it. For longer prompts the error has this number.
 */
const countedContexts = 8;
const countedBeyond = 65_536;

/**
 * A text that can only be tokenised in one call is first counted in slices, whose tokens are nearly those of the whole.
 * Beyond this many contexts it cannot fit, and the error has the count of its slices.
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
  /** A text of more tokens is not tokenised in one call. */
  readonly wholeTokens: number;
}

/** A part without a place to cut it. If it has more tokens than fit, they may differ from those of the whole text. */
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
    // Never between the two halves of a surrogate pair.
    if (/[\uD800-\uDBFF]/.test(text.charAt(end - 1))) end++;
    yield text.slice(begin, end);
    begin = end;
  }
}

/**
 * Between words, right before the separator. Every pattern by which tokenizers of this kind cut a text into words ends
 * a word there, and matches the next one without lookbehind.
 */
const betweenWords = String.raw`(?<=\p{L})[ 。、，](?=\p{L})|(?<=[\p{L}\p{N}])\n(?=\S)`;

/** Places that no token can span: right before control tokens, and between words if the vocabulary allows it. */
function cutsFor({ cutsBetweenWords }: CutVocabulary, cutTexts: readonly string[]): RegExp | null {
  const known = cutTexts.filter((text) => text.length > 0).toSorted((a, b) => b.length - a.length);
  const patterns = known.map((text) => escapePattern(text));
  if (cutsBetweenWords) patterns.push(betweenWords);
  return patterns.length === 0 ? null : new RegExp(patterns.join('|'), 'gu');
}

/** Parts of about the size that the tokenizer gets at a time. A stretch without a place to cut it is one part. */
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
