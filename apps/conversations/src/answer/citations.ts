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

/** Finds the citations in a text that grows. */
export interface CitationFinder {
  /** @param text what has come since. @returns the citations that are whole now, each once: `[1]` names the first passage. */
  push(text: string): readonly Citation[];
}

/** What was looked at is not looked at again, save the end of it, in which a mark may have begun. */
export function createCitationFinder(passages: readonly Passage[]): CitationFinder {
  let rest = '';
  /** Where `rest` begins in the whole text. */
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
