import { type Attributes, type ChunkingStrategy, KumikiError, vectorStoreLimits } from '@kumiki/api';
import type { Database, Queryable } from '@kumiki/postgres';
import { endStoreFile, removeStoreFile } from '../chunks/remove-chunks.ts';
import { fileNotFound, visible } from '../files/file-rows.ts';
import { ingestChannel } from '../ingest/queue.ts';

export interface AddedFile {
  readonly fileId: string;
  readonly attributes: Attributes;
  readonly chunking: ChunkingStrategy | null;
}

export interface AddFiles {
  readonly project: string;
  /** Id of the key on whose behalf models will be called. */
  readonly keyId: string;
  readonly store: number;
  readonly batch: number | null;
  readonly files: readonly AddedFile[];
}

/**
 * Adds files to a store and to the ingest queue, all or none. A file that is already in the store is ingested again
 * with its new attributes and chunk sizes, also when it had failed.
 */
export async function addFiles(database: Database, added: AddFiles): Promise<void> {
  await endRemovals(database, added);
  await database.transaction(async (transaction) => {
    const numbers = await numbersOf(transaction, added);
    // Locks in one global order, so that concurrent requests for the same files cannot deadlock.
    for (const file of added.files.toSorted((a, b) => (a.fileId < b.fileId ? -1 : 1))) {
      await addFile(transaction, added, file, numbers.get(file.fileId) ?? 0);
    }
    await transaction.query('UPDATE search.vector_stores SET last_active_at = now() WHERE number = $1', [added.store]);
    // The store's row is locked now, so concurrent additions count after this one.
    await requirePlaces(transaction, added);
    await transaction.query(`SELECT pg_notify('${ingestChannel}', '')`);
  });
}

async function requirePlaces(transaction: Queryable, { store, files }: AddFiles): Promise<void> {
  const { rows } = await transaction.query<{ places: number }>(
    'SELECT count(*) AS places FROM search.store_files WHERE store_number = $1 AND removed_at IS NULL',
    [store],
  );
  const places = rows[0]?.places ?? 0;
  const { filesInStore } = vectorStoreLimits;
  if (places <= filesInStore) return;
  const reason = `a vector store may have ${filesInStore} files; with these ${files.length} it would have ${places}. Take some out, or make another store`;
  throw new KumikiError('invalid_value', { param: 'file_ids', reason });
}

/** Completes interrupted removals, which would block adding the file again. */
async function endRemovals(database: Database, added: AddFiles): Promise<void> {
  const { rows } = await database.query<{ number: number }>(
    `SELECT place.number FROM search.store_files AS place JOIN search.files AS file ON file.number = place.file_number
     WHERE place.store_number = $1 AND file.id = ANY($2::text[]) AND place.removed_at IS NOT NULL`,
    [added.store, added.files.map(({ fileId }) => fileId)],
  );
  for (const { number } of rows) await removeStoreFile(database, number);
}

/** The files' numbers; throws for the first that the project does not have. */
async function numbersOf(transaction: Queryable, added: AddFiles): Promise<Map<string, number>> {
  const { rows } = await transaction.query<{ id: string; number: number }>(
    `SELECT id, number FROM search.files WHERE project = $1 AND id = ANY($2::text[]) AND ${visible}`,
    [added.project, added.files.map(({ fileId }) => fileId)],
  );
  const numbers = new Map(rows.map(({ id, number }) => [id, number]));
  const missing = added.files.find(({ fileId }) => !numbers.has(fileId));
  if (missing !== undefined) throw fileNotFound(missing.fileId);
  return numbers;
}

async function addFile(transaction: Queryable, added: AddFiles, file: AddedFile, number: number): Promise<void> {
  const sizes = file.chunking?.type === 'static' ? file.chunking.static : null;
  const { rows } = await transaction.query<{ number: number; isNew: boolean }>(
    `INSERT INTO search.store_files AS place (project, store_number, file_number, batch_number, key_id, attributes,
       max_chunk_tokens, overlap_tokens)
     VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8)
     ON CONFLICT (store_number, file_number) DO UPDATE SET attempts = 0
     RETURNING number, (xmax = 0) AS "isNew"`,
    [
      added.project,
      added.store,
      number,
      added.batch,
      added.keyId,
      JSON.stringify(file.attributes),
      sizes?.max_chunk_size_tokens ?? null,
      sizes?.chunk_overlap_tokens ?? null,
    ],
  );
  const row = rows[0];
  if (row === undefined || row.isNew) return;
  await endStoreFile(transaction, row.number, 'cancelled');
  await transaction.query(
    `UPDATE search.store_files SET status = 'in_progress', batch_number = $2, key_id = $3, attributes = $4::jsonb,
       max_chunk_tokens = $5, overlap_tokens = $6, error_code = NULL, error_message = NULL, failure = NULL, attempts = 0,
       chunks_total = NULL, not_before = now()
     WHERE number = $1`,
    [
      row.number,
      added.batch,
      added.keyId,
      JSON.stringify(file.attributes),
      sizes?.max_chunk_size_tokens ?? null,
      sizes?.chunk_overlap_tokens ?? null,
    ],
  );
}
