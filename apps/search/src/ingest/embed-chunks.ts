import type { Database } from '@kumiki/postgres';
import type { Chunk } from '../chunk/chunk-document.ts';
import { type Embedder, toVectorText } from '../embedding/embedder.ts';
import { ensureVectorIndex } from '../retrieval/vector-index.ts';
import { digestOf, type EmbeddedChunk, findVectors, writeChunks } from './chunk-rows.ts';
import type { Claim } from './queue.ts';

/** Texts of one call to the model: enough to be worth a round trip, few enough to give way to live traffic soon. */
const batchChunks = 64;

export type EmbedOutcome = 'done' | 'lost' | { readonly message: string };

export interface EmbedJob {
  readonly database: Database;
  readonly embedder: Embedder;
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
  const { database, claim, model } = job;
  const batch = job.chunks.slice(start, start + batchChunks).map((chunk) => ({
    chunk,
    digest: digestOf(model, chunk.text),
  }));
  const known = await findVectors(
    database,
    claim.project,
    batch.map(({ digest }) => digest),
  );
  const missing = new Map(batch.filter(({ digest }) => !known.has(digest)).map(({ digest, chunk }) => [digest, chunk]));
  if (missing.size > 0) {
    const vectors = await job.embedder.embed({
      model,
      texts: [...missing.values()].map(({ text }) => text),
      keyId: claim.keyId,
      lowPriority: true,
      signal: job.signal,
    });
    for (const [index, digest] of [...missing.keys()].entries()) {
      known.set(digest, toVectorText(vectors[index] ?? new Float32Array()));
    }
  }
  const rows = batch.map(({ chunk, digest }, index): EmbeddedChunk => ({
    position: start + index,
    chunk,
    digest,
    embedding: known.get(digest) ?? '[]',
  }));
  const dimensions = dimensionsOf(rows[0]?.embedding ?? '[]');
  const own = await claimDimensions(database, claim.store, dimensions);
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

/** The dimensions of a store are those of its first vector. Returns them. */
async function claimDimensions(database: Database, store: number, dimensions: number): Promise<number> {
  const { rows } = await database.query<{ dimensions: number }>(
    'SELECT dimensions FROM search.vector_stores WHERE number = $1 AND dimensions IS NOT NULL',
    [store],
  );
  if (rows[0] !== undefined) return rows[0].dimensions;
  await ensureVectorIndex(database, dimensions);
  const claimed = await database.query<{ dimensions: number }>(
    'UPDATE search.vector_stores SET dimensions = coalesce(dimensions, $2) WHERE number = $1 RETURNING dimensions',
    [store, dimensions],
  );
  return claimed.rows[0]?.dimensions ?? dimensions;
}
