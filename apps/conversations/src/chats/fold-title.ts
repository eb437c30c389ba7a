/** A title or a query as they are compared: full and half width are the same, and so are cases and kinds of blanks. */
export function foldTitle(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
}

/** The words of a query, each of which a title must contain. Japanese needs no blanks: a part of a title is a word too. */
export function foldWords(query: string): string[] {
  return foldTitle(query)
    .split(' ')
    .filter((word) => word !== '');
}
