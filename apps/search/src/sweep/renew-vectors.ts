import { KumikiError } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import { digestOf } from '../chunks/chunk-rows.ts';
import { toVectorText } from '../embedding/embedder.ts';
import { cosine, type Revisions } from '../embedding/revisions.ts';
import { ensureVectorIndex } from '../retrieval/vector-index.ts';

/** Chunks of one call to the model; as in ingest. */
const batchChunks = 64;
/** Chunks of a store that are compared to decide whether vectors without a revision are current. */
const sampleChunks = 3;
/** Least cosine between a stored vector and a new one by the same model. */
const sameCosine = 0.98;

interface Stale {
  readonly number: number;
  readonly model: string;
  readonly revision: number | null;
  /** Id of the key on whose behalf the model is called. */
  readonly keyId: string;
}

/**
 * Recomputes the vectors of stores whose model has a new revision. Digests show what is done, so an interruption costs
 * one batch. Two replicas may do the same work with the same result.
 */
export async function renewVectors(database: Database, revisions: Revisions, signal: AbortSignal): Promise<void> {
  const { rows } = await database.query<Stale>(
    `SELECT store.number, store.embedding_model AS model, store.embedding_revision AS revision, place.key_id AS "keyId"
     FROM search.vector_stores AS store CROSS JOIN LATERAL (
       SELECT key_id FROM search.store_files WHERE store_number = store.number AND removed_at IS NULL
       ORDER BY number DESC LIMIT 1
     ) AS place
     WHERE store.deleted_at IS NULL AND store.dimensions IS NOT NULL AND store.embedding_model IS NOT NULL
     ORDER BY store.last_active_at DESC`,
  );
  for (const store of rows) {
    // An unused model is not started for this.
    const revision = revisions.lastSeen(store.model);
    if (revision === null || revision === store.revision) continue;
    try {
      await renewStore({ database, revisions, store, revision, signal });
    } catch (error) {
      if (signal.aborted) return;
      // The model is not served at the moment, or the key was revoked: the store keeps its vectors.
      if (!(error instanceof KumikiError)) throw error;
    }
  }
}

interface Renewal {
  readonly database: Database;
  readonly revisions: Revisions;
  readonly store: Stale;
  /** The current revision. */
  readonly revision: number;
  readonly signal: AbortSignal;
}

async function renewStore({ database, revisions, store, revision, signal }: Renewal): Promise<void> {
  const call = { model: store.model, keyId: store.keyId, lowPriority: true, certain: true, signal };
  const embed = (chunks: readonly StoredChunk[]) => revisions.embed({ ...call, texts: chunks.map(({ text }) => text) });
  if (store.revision === null) {
    const sample = await chunksAfter(database, store.number, 0, sampleChunks);
    const made = await embed(sample);
    const same = sample.every(({ embedding }, index) => isSame(embedding, made.vectors[index]));
    if (same && made.revision === revision) return settle(database, store, revision, null);
  }
  let last = 0;
  let dimensions: number | null = null;
  for (;;) {
    const chunks = await chunksAfter(database, store.number, last, batchChunks);
    const end = chunks.at(-1);
    if (end === undefined) break;
    last = end.number;
    const old = chunks.filter(({ digest, text }) => digest !== digestOf(store.model, revision, text));
    if (old.length === 0) continue;
    const made = await embed(old);
    // The model was replaced again: the next sweep starts over.
    if (made.revision !== revision) return;
    dimensions ??= made.vectors[0]?.length ?? null;
    if (dimensions !== null) await ensureVectorIndex(database, dimensions);
    await write(
      database,
      old.map(({ number, text }, index) => ({
        number,
        digest: digestOf(store.model, revision, text),
        dimensions: made.vectors[index]?.length ?? 0,
        embedding: toVectorText(made.vectors[index] ?? new Float32Array()),
      })),
    );
  }
  await settle(database, store, revision, dimensions);
}

interface StoredChunk {
  readonly number: number;
  readonly text: string;
  readonly digest: string;
  readonly embedding: string;
}

async function chunksAfter(
  database: Database,
  store: number,
  last: number,
  limit: number,
): Promise<readonly StoredChunk[]> {
  const { rows } = await database.query<StoredChunk>(
    `SELECT number, text, encode(digest, 'hex') AS digest, embedding::text AS embedding FROM search.chunks
     WHERE store_number = $1 AND number > $2 ORDER BY number LIMIT $3`,
    [store, last, limit],
  );
  return rows;
}

/** Whether a model still gives the stored vectors, for stores without a recorded revision. */
function isSame(stored: string, made: Float32Array | undefined): boolean {
  return made !== undefined && cosine(Float32Array.from(JSON.parse(stored)), made) >= sameCosine;
}

async function write(database: Database, rows: readonly object[]): Promise<void> {
  await database.query(
    `UPDATE search.chunks AS chunk SET digest = decode(row.digest, 'hex'), dimensions = row.dimensions,
       embedding = row.embedding::vector
     FROM jsonb_to_recordset($1::jsonb) AS row (number bigint, digest text, dimensions integer, embedding text)
     WHERE chunk.number = row.number`,
    [JSON.stringify(rows)],
  );
}

async function settle(database: Database, store: Stale, revision: number, dimensions: number | null): Promise<void> {
  await database.query(
    `UPDATE search.vector_stores SET embedding_revision = $2, dimensions = coalesce($3, dimensions) WHERE number = $1`,
    [store.number, revision, dimensions],
  );
}
