import type { Database } from '@kumiki/postgres';
import { type ChunkPlace, showPlace } from '../chunks/chunk-place.ts';

/** Chunks and bytes that are read at once. A reply holds at most these and one more chunk in memory. */
const pageChunks = 64;
const pageBytes = 1_048_576;

interface ChunkRow extends ChunkPlace {
  readonly position: number;
  readonly text: string;
}

/**
 * Streams the content of a file as JSON: a file may have a hundred thousand chunks, and a slow client must hold only
 * one page in memory.
 */
export async function* streamContent(
  database: Database,
  project: string,
  storeFile: number,
  head: object,
): AsyncGenerator<string> {
  yield `${JSON.stringify(head).slice(0, -1)},"data":[`;
  let last = -1;
  for (;;) {
    const rows = await chunksAfter(database, project, storeFile, last);
    const end = rows.at(-1);
    if (end === undefined) break;
    const parts = rows.map((row) => JSON.stringify({ type: 'text', text: row.text, kumiki: showPlace(row) }));
    yield (last < 0 ? '' : ',') + parts.join(',');
    last = end.position;
  }
  yield '],"has_more":false,"next_page":null}';
}

async function chunksAfter(
  database: Database,
  project: string,
  storeFile: number,
  last: number,
): Promise<readonly ChunkRow[]> {
  const { rows } = await database.query<ChunkRow>(
    `SELECT number, position, text, page, headings FROM (
       SELECT *, sum(octet_length(text)) OVER (ORDER BY position) - octet_length(text) AS bytes_before FROM (
         SELECT number, position, text, page, headings FROM search.chunks
         WHERE project = $1 AND store_file = $2 AND position > $3 ORDER BY position LIMIT $4
       ) AS next
     ) AS measured WHERE bytes_before < $5 ORDER BY position`,
    [project, storeFile, last, pageChunks, pageBytes],
  );
  return rows;
}
