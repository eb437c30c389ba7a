/** A passage that was given to the model under a number, and the file that it is from. */
export interface Passage {
  readonly fileId: string;
  readonly filename: string;
}

export interface Citation {
  readonly type: 'file_citation';
  readonly file_id: string;
  readonly filename: string;
  /** Where in the text the number stands. */
  readonly index: number;
}

const markPattern = /\[(\d{1,3})\]/g;
/** A mark of which this much is missing may still become one. */
const longestMark = 5;

/**
 * The citations in a text that grows, each found once: `[1]` names the first passage.
 * @param from where the search before ended.
 * @returns the new ones, and where the next search begins.
 */
export function findCitations(
  text: string,
  from: number,
  passages: readonly Passage[],
): { readonly found: readonly Citation[]; readonly next: number } {
  const found: Citation[] = [];
  let next = from;
  markPattern.lastIndex = from;
  for (let match = markPattern.exec(text); match !== null; match = markPattern.exec(text)) {
    const passage = passages[Number(match[1]) - 1];
    next = match.index + match[0].length;
    if (passage === undefined) continue;
    found.push({
      type: 'file_citation',
      file_id: passage.fileId,
      filename: passage.filename,
      index: match.index,
    });
  }
  return { found, next: Math.max(next, text.length - longestMark + 1) };
}
