import { longestQuote } from '@kumiki/manifest';

/** Stands in a sentence for what the API server puts in; no sentence has this character. */
export const hole = '\u0001';

/** A text as CEL writes it. */
export function celText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}

/**
 * A sentence with holes as an expression of CEL. By `format`, whose cost the API server estimates by the sentence alone: that
 * of joining texts grows with what `string()` gives, of which it assumes no bound.
 * @param values the expressions for its holes, in order.
 */
export function celSentence(sentence: string, values: readonly string[]): string {
  const template = sentence.replaceAll('%', '%%').replaceAll(hole, '%s');
  return `${celText(template)}.format([${values.join(', ')}])`;
}

/** A text as it is shown, cut as in sentences. @param expression of a string. @param most its greatest length. */
export function celShown(expression: string, most: number): string {
  if (most <= longestQuote) return expression;
  return `size(${expression}) > ${longestQuote} ? ${expression}.substring(0, ${longestQuote}) + '…' : ${expression}`;
}

/** A hole in quotes. */
export const quotedHole = `'${hole}'`;
