import type { Attributes, ChunkingStrategy } from '@kumiki/api';
import { autoChunking, KumikiError } from '@kumiki/api';
import type { Database, Queryable } from '@kumiki/postgres';
import { type Page, type PageQuery, planPage, toPage, unknownCursor } from '../http/page.ts';

/** The rows of `search.store_files`: files in stores. The project is checked with the store and in each statement. */

export interface StoreFileRow {
  readonly number: number;
  readonly id: string;
  readonly filename: string;
  readonly bytes: number;
  readonly storeId: string;
  readonly status: 'in_progress' | 'completed' | 'failed' | 'cancelled';
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  /** A row of the table of errors, when it is more precise than the code. */
  readonly failure: string | null;
  readonly usageBytes: number;
  readonly created: number;
  readonly attributes: Attributes;
  readonly maxChunkTokens: number | null;
  readonly overlapTokens: number | null;
  readonly chunksDone: number;
  readonly chunksTotal: number | null;
  readonly attempts: number;
}

const columns = `place.number, file.id, file.filename, file.bytes, store.id AS "storeId", place.status,
  place.error_code AS "errorCode", place.error_message AS "errorMessage", place.failure, place.usage_bytes AS "usageBytes",
  extract(epoch FROM place.created_at)::bigint AS created, place.attributes,
  place.max_chunk_tokens AS "maxChunkTokens", place.overlap_tokens AS "overlapTokens",
  place.chunks_done AS "chunksDone", place.chunks_total AS "chunksTotal", place.attempts`;

const joined = `search.store_files AS place
  JOIN search.files AS file ON file.number = place.file_number AND file.deleted_at IS NULL
  JOIN search.vector_stores AS store ON store.number = place.store_number`;

export async function requireStoreFile(
  database: Queryable,
  project: string,
  store: number,
  fileId: string,
): Promise<StoreFileRow> {
  const { rows } = await database.query<StoreFileRow>(
    `SELECT ${columns} FROM ${joined}
     WHERE place.project = $1 AND place.store_number = $2 AND file.id = $3 AND place.removed_at IS NULL`,
    [project, store, fileId],
  );
  if (rows[0] === undefined) {
    throw new KumikiError('not_found', { what: 'file in this vector store', id: fileId.slice(0, 128), hint: '' });
  }
  return rows[0];
}

export interface StoreFileFilter {
  readonly store: number;
  readonly batch: number | null;
  readonly status: string | null;
}

export async function listStoreFiles(
  database: Database,
  project: string,
  filter: StoreFileFilter,
  query: PageQuery,
): Promise<Page<StoreFileObject>> {
  const plan = planPage(query);
  let cursor: number | null = null;
  if (plan.cursor !== null) {
    cursor = await numberOf(database, project, filter.store, plan.cursor);
    if (cursor === null) throw unknownCursor(query);
  }
  const { rows } = await database.query<StoreFileRow>(
    `SELECT ${columns} FROM ${joined}
     WHERE place.project = $1 AND place.store_number = $2 AND place.removed_at IS NULL
       AND ($3::bigint IS NULL OR place.batch_number = $3) AND ($4::text IS NULL OR place.status = $4)
       AND ($5::bigint IS NULL OR place.${plan.condition('$5')})
     ORDER BY place.number ${plan.direction} LIMIT $6`,
    [project, filter.store, filter.batch, filter.status, cursor, plan.fetch],
  );
  return toPage(rows, query, toStoreFile);
}

async function numberOf(database: Queryable, project: string, store: number, fileId: string): Promise<number | null> {
  const { rows } = await database.query<{ number: number }>(
    `SELECT place.number FROM ${joined} WHERE place.project = $1 AND place.store_number = $2 AND file.id = $3`,
    [project, store, fileId],
  );
  return rows[0]?.number ?? null;
}

/** Attributes are stored with the file and with each of its chunks, where filters apply. */
export async function updateAttributes(database: Database, storeFile: number, attributes: Attributes): Promise<void> {
  await database.query(
    'UPDATE search.store_files SET attributes = $2::jsonb, attributes_pending = true WHERE number = $1',
    [storeFile, JSON.stringify(attributes)],
  );
  await spreadAttributes(database, storeFile);
}

/** Chunks that one statement updates, so that locks are short. */
const sliceChunks = 500;

/**
 * Copies a file's attributes to its chunks, in slices. Can be repeated; the sweep completes it after an interruption.
 */
export async function spreadAttributes(database: Database, storeFile: number): Promise<void> {
  for (let last = -1; ;) {
    const { rows } = await database.query<{ last: number | null }>(
      `WITH slice AS (
         SELECT number, position FROM search.chunks WHERE store_file = $1 AND position > $2 ORDER BY position LIMIT $3
       ), changed AS (
         UPDATE search.chunks AS chunk SET attributes = place.attributes FROM search.store_files AS place
         WHERE place.number = $1 AND chunk.number IN (SELECT number FROM slice)
           AND chunk.attributes IS DISTINCT FROM place.attributes
       )
       SELECT max(position) AS last FROM slice`,
      [storeFile, last, sliceChunks],
    );
    const end = rows[0]?.last ?? null;
    if (end === null) break;
    last = end;
  }
  await database.query('UPDATE search.store_files SET attributes_pending = false WHERE number = $1', [storeFile]);
}

export function toStoreFile(row: StoreFileRow) {
  return {
    id: row.id,
    object: 'vector_store.file' as const,
    created_at: row.created,
    vector_store_id: row.storeId,
    status: row.status,
    usage_bytes: row.usageBytes,
    last_error: row.errorCode === null ? null : { code: row.errorCode, message: row.errorMessage ?? '' },
    attributes: row.attributes,
    chunking_strategy: chunkingOf(row),
    kumiki: {
      filename: row.filename,
      bytes: row.bytes,
      chunks_done: row.chunksDone,
      chunks_total: row.chunksTotal,
      attempts: row.attempts,
      error_code: row.failure,
    },
  };
}

export type StoreFileObject = ReturnType<typeof toStoreFile>;

/** Shows `auto` as the sizes that it stands for. */
function chunkingOf(row: StoreFileRow): Exclude<ChunkingStrategy, { type: 'auto' }> {
  return {
    type: 'static',
    static: {
      max_chunk_size_tokens: row.maxChunkTokens ?? autoChunking.maxTokens,
      chunk_overlap_tokens: row.overlapTokens ?? autoChunking.overlapTokens,
    },
  };
}
