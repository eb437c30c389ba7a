/** Folds a title or a query for comparison: width, case and kinds of blanks are ignored. */
export function foldTitle(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
}

/**
 * The words of a query, each of which a title must contain. Any substring of a title matches, since Japanese has no
 * blanks between words.
 */
export function foldWords(query: string): string[] {
  return foldTitle(query)
    .split(' ')
    .filter((word) => word !== '');
}
