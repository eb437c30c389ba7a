import { longestQuote } from '@kumiki/manifest';

/** Stands in a sentence for what the API server puts in; no sentence has this character. */
export const hole = '\u0001';

/** A text as CEL writes it. */
export function celText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}

/** A sentence with holes as an expression of CEL. @param values the expressions for its holes, in order. */
export function celSentence(sentence: string, values: readonly string[]): string {
  const parts = sentence.split(hole);
  const joined = parts.flatMap((text, at) => [
    ...(text === '' ? [] : [celText(text)]),
    ...(at < parts.length - 1 ? [values[at] ?? values.at(-1) ?? celText('')] : []),
  ]);
  return joined.join(' + ');
}

/** A text in quotes, cut as in sentences. @param expression of a string. @param most its greatest length. */
export function celQuoted(expression: string, most: number): string {
  const cut =
    most <= longestQuote
      ? expression
      : `(size(${expression}) > ${longestQuote} ? ${expression}.substring(0, ${longestQuote}) + '…' : ${expression})`;
  return `'\\'' + ${cut} + '\\''`;
}
