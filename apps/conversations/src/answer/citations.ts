/** A numbered passage that was given to the model, and its file. */
export interface Passage {
  readonly fileId: string;
  readonly filename: string;
}

export interface Citation {
  readonly type: 'file_citation';
  readonly file_id: string;
  readonly filename: string;
  /** Position of the mark in the text. */
  readonly index: number;
}

const markPattern = /\[(\d{1,3})\]/g;
/** Length of the longest mark, `[123]`. The last characters of a piece may be the start of one. */
const longestMark = 5;

/** Finds the citations in streamed text. */
export interface CitationFinder {
  /**
   * @param text the next piece. @returns the citations that are now complete, each once: `[1]` names the first passage.
   */
  push(text: string): readonly Citation[];
}

/** Each character is scanned once, except the end of a piece, where a mark may have begun. */
export function createCitationFinder(passages: readonly Passage[]): CitationFinder {
  let rest = '';
  /** Offset of `rest` in the whole text. */
  let offset = 0;
  return {
    push(text) {
      const found: Citation[] = [];
      const seen = rest + text;
      let next = 0;
      for (const match of seen.matchAll(markPattern)) {
        const passage = passages[Number(match[1]) - 1];
        next = match.index + match[0].length;
        if (passage === undefined) continue;
        found.push({
          type: 'file_citation',
          file_id: passage.fileId,
          filename: passage.filename,
          index: offset + match.index,
        });
      }
      const kept = Math.max(next, seen.length - longestMark + 1);
      rest = seen.slice(kept);
      offset += kept;
      return found;
    },
  };
}
