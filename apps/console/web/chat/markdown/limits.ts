/** Limits on the work that one answer may cause in the browser. Beyond them, text is shown unformatted, with a note. */
export const markdownLimits = {
  /** Characters of an answer that are read as Markdown. */
  characters: 200_000,
  /** Characters of one block that is not code. */
  blockCharacters: 24_000,
  /** Marks of emphasis, links and code in one block. */
  blockMarks: 1_400,
  /** Levels of quotes and lists. */
  nesting: 24,
  tableRows: 300,
  tableColumns: 40,
  /** Characters of a code block that are coloured. */
  highlightedCharacters: 30_000,
  /** Characters of a formula. */
  mathCharacters: 2_000,
  /** Characters of an image that stands in the answer itself. */
  imageCharacters: 2_800_000,
  /** Plain text is laid out in pieces of this many characters, so that only visible pieces cost anything. */
  plainPieceCharacters: 4_000,
  /** Most pieces of a plain text. */
  plainPieces: 1_000,
} as const;
