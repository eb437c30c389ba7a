import type { Database } from '@kumiki/postgres';
import type { Chunk } from '../chunk/chunk-document.ts';
import { toVectorText } from '../embedding/embedder.ts';
import type { Revisions } from '../embedding/revisions.ts';
import { ensureVectorIndex } from '../retrieval/vector-index.ts';
import { digestOf, type EmbeddedChunk, findVectors, writeChunks } from './chunk-rows.ts';
import type { Claim } from './queue.ts';

/** Texts of one call to the model: enough to be worth a round trip, few enough to give way to live traffic soon. */
const batchChunks = 64;

export type EmbedOutcome = 'done' | 'lost' | { readonly message: string };

export interface EmbedJob {
  readonly database: Database;
  readonly revisions: Revisions;
  readonly claim: Claim;
  readonly model: string;
  readonly chunks: readonly Chunk[];
  readonly signal: AbortSignal;
}

/**
 * Gives every chunk its vector and writes it, batch by batch: what an interrupted attempt has written is found again by
 * its digest, and the model is not asked twice for one text. Rejects with the gateway's refusal.
 */
export async function embedChunks(job: EmbedJob): Promise<EmbedOutcome> {
  for (let start = 0; start < job.chunks.length; start += batchChunks) {
    const outcome = await embedBatch(job, start);
    if (outcome !== 'done') return outcome;
  }
  return 'done';
}

async function embedBatch(job: EmbedJob, start: number): Promise<EmbedOutcome> {
  const { database, claim, model, signal } = job;
  const call = { model, keyId: claim.keyId, lowPriority: true, signal };
  const { revision } = await job.revisions.embed({ ...call, texts: [], certain: false });
  const batch = job.chunks.slice(start, start + batchChunks).map((chunk) => ({
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
    // The model was replaced a moment ago: what was found under its old revision does not go with the new vectors.
    if (made.revision !== revision) return embedBatch(job, start);
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
  return (await writeChunks(database, claim, dimensions, rows, job.chunks.length)) ? 'done' : 'lost';
}

function dimensionsOf(embedding: string): number {
  let commas = 0;
  for (let at = embedding.indexOf(','); at >= 0; at = embedding.indexOf(',', at + 1)) commas++;
  return commas + 1;
}

/** Dimensions and revision of a store are those of its first vector. Returns the dimensions. */
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
