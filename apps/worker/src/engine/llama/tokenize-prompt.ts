import { escapePattern, type TextPiece } from './control-text.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * The native tokenizer looks for control tokens in a time that grows with their number times the length of the text, so it
 * is given a few thousand characters at a time.
 */
const partCharacters = 4_096;

/**
 * A prompt that does not fit is counted all the same, for whoever wants to know by how much it must become shorter: so
 * many times the context, and so many tokens beyond it at the most. What is longer tells this number.
 */
const countedContexts = 8;
const countedBeyond = 65_536;

export type PromptTokenizer = (pieces: readonly TextPiece[], contextTokens: number) => number[];

/** Tokens of rendered pieces. Ends once there are far more than the context holds, which nobody can use. */
export function createPromptTokenizer(
  vocabulary: Pick<Vocabulary, 'cutTexts' | 'tokenize' | 'withBeginning'>,
): PromptTokenizer {
  const known = vocabulary.cutTexts.filter((text) => text.length > 0).toSorted((a, b) => b.length - a.length);
  const cuts = known.length === 0 ? null : new RegExp(known.map((text) => escapePattern(text)).join('|'), 'g');
  return (pieces, contextTokens) => {
    const mostTokens = Math.min(contextTokens * countedContexts, contextTokens + countedBeyond);
    const tokens: number[] = [];
    for (const { text, plain } of pieces) {
      for (const part of plain || cuts === null ? [text] : partsOf(text, cuts)) {
        for (const token of vocabulary.tokenize(part, !plain)) tokens.push(token);
        if (tokens.length > mostTokens) return vocabulary.withBeginning(tokens);
      }
    }
    return vocabulary.withBeginning(tokens);
  };
}

/** Cuts a text right before control tokens, where no token can reach across. */
function* partsOf(text: string, cuts: RegExp): Generator<string> {
  let begin = 0;
  for (const { index } of text.matchAll(cuts)) {
    if (index - begin < partCharacters) continue;
    yield text.slice(begin, index);
    begin = index;
  }
  yield text.slice(begin);
}
