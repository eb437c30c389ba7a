/** A text that a client has and that comes again, in whatever pieces. */
export interface ReplayedText {
  /** What of a piece goes beyond the known text; null when the piece says something else than it. */
  skip(piece: string): string | null;
  /** Whether all of the known text has come again. */
  isPassed(): boolean;
}

export function createReplayedText(known: string): ReplayedText {
  let at = 0;
  return {
    skip(piece) {
      const expected = known.slice(at, at + piece.length);
      if (!piece.startsWith(expected)) return null;
      at += expected.length;
      return piece.slice(expected.length);
    },
    isPassed: () => at === known.length,
  };
}
