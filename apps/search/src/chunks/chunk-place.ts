/** Where in its document a chunk stands. */
export interface ChunkPlace {
  readonly number: number;
  readonly page: number | null;
  readonly headings: readonly string[];
}

/** As clients see it: with a search result, and with the content that it is a passage of. */
export function showPlace({ number, page, headings }: ChunkPlace) {
  return { chunk_id: `chunk_${number}`, page, heading: headings.join(' › ') || null };
}
