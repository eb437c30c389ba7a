/** A text that the client already has and that arrives a second time, in pieces of any size. */
export interface ReplayedText {
  /** The part of a piece beyond the known text; null when the piece differs from it. */
  skip(piece: string): string | null;
  /** Whether all of the known text has arrived. */
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
