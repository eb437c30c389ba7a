/**
 * Terms as lexemes of PostgreSQL. Each begins with the number of its store, so that the common index of all stores
 * separates them, and a term that is common elsewhere does not slow a store down.
 */

/** Most occurrences of a term that are counted; ranking saturates long before. */
const maxFrequency = 16;
/** PostgreSQL allows 2,046 bytes; a character of a term has at most three. */
const maxTermCharacters = 64;

export function lexemeOf(store: number, term: string): string {
  return `${store.toString(36)}/${term.slice(0, maxTermCharacters).toWellFormed()}`;
}

/** The text of a `tsvector`. Positions encode only frequencies; proximity ranking is not used. */
export function lexemesOf(store: number, terms: readonly string[]): string {
  const frequencies = new Map<string, number>();
  for (const term of terms) {
    const lexeme = lexemeOf(store, term);
    frequencies.set(lexeme, (frequencies.get(lexeme) ?? 0) + 1);
  }
  return [...frequencies]
    .map(([lexeme, frequency]) => `${quoteLexeme(lexeme)}:${positions(Math.min(frequency, maxFrequency))}`)
    .join(' ');
}

/** A lexeme inside the text of a `tsvector` or `tsquery`, where a quote and a backslash are doubled. */
export function quoteLexeme(lexeme: string): string {
  return `'${lexeme.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

const positionTexts = Array.from({ length: maxFrequency + 1 }, (_, count) =>
  Array.from({ length: count }, (_, index) => index + 1).join(','),
);

function positions(count: number): string {
  return positionTexts[count] ?? '1';
}
