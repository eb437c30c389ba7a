import type { Database } from '@kumiki/postgres';
import { digestOf, type EmbeddedChunk, findVectors, insertChunks } from '../chunks/chunk-rows.ts';
import { toVectorText } from '../embedding/embedder.ts';
import type { Revisions } from '../embedding/revisions.ts';
import { decodeBatch, type ReadChunk } from '../reading/read-reply.ts';
import { ensureVectorIndex } from '../retrieval/vector-index.ts';
import { type Claim, ingestLeases } from './queue.ts';

export type EmbedOutcome = 'done' | 'lost' | { readonly message: string };

export interface EmbedJob {
  readonly database: Database;
  readonly revisions: Revisions;
  readonly claim: Claim;
  readonly model: string;
  /** Position of the segment's first chunk. */
  readonly from: number;
  readonly batches: readonly Uint8Array[];
  /** Number of chunks of the whole document. */
  readonly total: number;
  readonly signal: AbortSignal;
}

/**
 * Embeds and writes the chunks, batch by batch. Chunks that an interrupted attempt has written are found by their
 * digest and not embedded again. Rejects with the gateway's refusal.
 */
export async function embedSegment(job: EmbedJob): Promise<EmbedOutcome> {
  let start = job.from;
  for (const line of job.batches) {
    const chunks = decodeBatch(line);
    const outcome = await embedBatch(job, chunks, start);
    if (outcome !== 'done') return outcome;
    start += chunks.length;
  }
  return 'done';
}

async function embedBatch(job: EmbedJob, chunks: readonly ReadChunk[], start: number): Promise<EmbedOutcome> {
  const { database, claim, model, signal } = job;
  const call = { model, keyId: claim.keyId, lowPriority: true, signal };
  const { revision } = await job.revisions.embed({ ...call, texts: [], certain: false });
  const batch = chunks.map((chunk) => ({
    chunk,
    digest: digestOf(model, revision, chunk.text),
  }));
  const known = await findVectors(
    database,
    claim.project,
    batch.map(({ digest }) => digest),
  );
  const missing = new Map(batch.filter(({ digest }) => !known.has(digest)).map(({ digest, chunk }) => [digest, chunk]));
  if (missing.size > 0) {
    const texts = [...missing.values()].map(({ text }) => text);
    const made = await job.revisions.embed({ ...call, texts, certain: true });
    // The model was just replaced: vectors found under the old revision cannot be mixed with the new ones.
    if (made.revision !== revision) return embedBatch(job, chunks, start);
    for (const [index, digest] of [...missing.keys()].entries()) {
      known.set(digest, toVectorText(made.vectors[index] ?? new Float32Array()));
    }
  }
  const rows = batch.map(({ chunk, digest }, index): EmbeddedChunk => ({
    position: start + index,
    chunk,
    digest,
    embedding: known.get(digest) ?? '[]',
  }));
  const dimensions = dimensionsOf(rows[0]?.embedding ?? '[]');
  const own = await claimDimensions(database, claim.store, dimensions, revision);
  if (own !== dimensions || rows.some(({ embedding }) => dimensionsOf(embedding) !== own)) {
    return { message: `'${model}' gives vectors of ${dimensions} dimensions; this vector store has ${own}` };
  }
  return (await writeChunks(job, dimensions, rows)) ? 'done' : 'lost';
}

/** Writes chunks of a claimed file and its progress; false when the claim is lost. */
function writeChunks(
  { database, claim, total }: EmbedJob,
  dimensions: number,
  chunks: readonly EmbeddedChunk[],
): Promise<boolean> {
  return database.transaction(async (transaction) => {
    if ((await ingestLeases.hold(transaction, claim)) === null) return false;
    await insertChunks(transaction, claim, dimensions, chunks);
    await transaction.query(
      // Only chunks that no earlier attempt had reached count as progress; otherwise a file could kill its process at
      // the same place for ever.
      `UPDATE search.store_files SET chunks_total = $2, chunks_done = greatest(chunks_done, $3),
         claims = CASE WHEN $3 > chunks_done THEN 0 ELSE claims END
       WHERE number = $1`,
      [claim.number, total, (chunks.at(-1)?.position ?? -1) + 1],
    );
    return true;
  });
}

function dimensionsOf(embedding: string): number {
  let commas = 0;
  for (let at = embedding.indexOf(','); at >= 0; at = embedding.indexOf(',', at + 1)) commas++;
  return commas + 1;
}

/** Sets the dimensions and revision of a store with its first vector. Returns the dimensions. */
async function claimDimensions(
  database: Database,
  store: number,
  dimensions: number,
  revision: number,
): Promise<number> {
  const { rows } = await database.query<{ dimensions: number }>(
    'SELECT dimensions FROM search.vector_stores WHERE number = $1 AND dimensions IS NOT NULL',
    [store],
  );
  if (rows[0] !== undefined) return rows[0].dimensions;
  await ensureVectorIndex(database, dimensions);
  const claimed = await database.query<{ dimensions: number }>(
    `UPDATE search.vector_stores SET dimensions = coalesce(dimensions, $2),
       embedding_revision = CASE WHEN dimensions IS NULL THEN $3 ELSE embedding_revision END
     WHERE number = $1 RETURNING dimensions`,
    [store, dimensions, revision],
  );
  return claimed.rows[0]?.dimensions ?? dimensions;
}
