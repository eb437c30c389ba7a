/** The place of a chunk in its document. */
export interface ChunkPlace {
  readonly number: number;
  readonly page: number | null;
  readonly headings: readonly string[];
}

/** The form in search results and in a file's content. */
export function showPlace({ number, page, headings }: ChunkPlace) {
  return { chunk_id: `chunk_${number}`, page, heading: headings.join(' › ') || null };
}
