import type { TextPiece } from '../prompting.ts';
import { escapePattern } from './control-text.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * The native tokenizer works without a break, and looks for control tokens in a time that grows with their number times the
 * length of the text, so it is given a few thousand characters at a time where they can be cut.
 */
const partCharacters = 4_096;

/**
 * A prompt that does not fit is counted all the same, for whoever wants to know by how much it must become shorter: so
 * many times the context, and so many tokens beyond it at the most. What is longer tells this number.
 */
const countedContexts = 8;
const countedBeyond = 65_536;

export type PromptTokenizer = (pieces: readonly TextPiece[], begins: boolean) => Generator<void, number[], void>;

type CutVocabulary = Pick<Vocabulary, 'cutTexts' | 'cutsBetweenWords' | 'tokenize' | 'withBeginning'>;

/** See {@link Engine.tokenizePieces}. */
export function createPromptTokenizer(vocabulary: CutVocabulary, contextTokens: number): PromptTokenizer {
  const mostTokens = Math.min(contextTokens * countedContexts, contextTokens + countedBeyond);
  const cutsOfPlain = cutsFor(vocabulary, []);
  const cuts = cutsFor(vocabulary, vocabulary.cutTexts);
  return function* tokenizePieces(pieces, begins) {
    const tokens: number[] = [];
    for (const { text, plain } of pieces) {
      for (const part of partsOf(text, plain ? cutsOfPlain : cuts)) {
        for (const token of vocabulary.tokenize(part, !plain)) tokens.push(token);
        if (tokens.length > mostTokens) break;
        yield;
      }
      if (tokens.length > mostTokens) break;
    }
    return begins ? vocabulary.withBeginning(tokens) : tokens;
  };
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

function* partsOf(text: string, cuts: RegExp | null): Generator<string> {
  let begin = 0;
  if (cuts !== null && text.length >= partCharacters) {
    for (const { index } of text.matchAll(cuts)) {
      if (index - begin < partCharacters) continue;
      yield text.slice(begin, index);
      begin = index;
    }
  }
  yield text.slice(begin);
}
