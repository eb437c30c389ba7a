import type { Database } from '@kumiki/postgres';
import { type EmbedCall, type Embedder, toVectorText } from './embedder.ts';

/**
 * Detects which revision of a model vectors come from. The model behind a name may be replaced, and no API reports
 * that. A fixed probe text is therefore embedded together with the requested texts: two revisions give different
 * vectors for it, while a different processor changes only the last digits.
 */
export interface Revisions {
  /** Vectors and the number of the revision that made them. Without texts it only determines the revision. */
  embed(call: RevisedCall): Promise<Revised>;
  /** The last seen revision; null when the model has not been used. Makes no request. */
  lastSeen(model: string): number | null;
}

export interface RevisedCall extends EmbedCall {
  /** Whether the revision must be determined in this call; otherwise a recent one may be used. */
  readonly certain: boolean;
}

export interface Revised {
  readonly vectors: readonly Float32Array[];
  readonly revision: number;
}

const probeText = 'Kumiki 組木: a text that tells revisions apart. 版を見分けるための文章です。';
/** Least cosine between two vectors of the probe text by one revision, on any machines. */
const sameCosine = 0.995;
/** How long a seen revision is trusted. */
const believedMs = 30_000;
/** Models that are remembered; far more than any installation serves. */
const maxModels = 1_000;

interface Seen {
  readonly revision: number;
  readonly probe: Float32Array;
  readonly atMs: number;
}

export function createRevisions(database: Database, embedder: Embedder): Revisions {
  const seen = new Map<string, Seen>();

  async function note(model: string, probe: Float32Array): Promise<number> {
    const last = seen.get(model);
    const same = last !== undefined && cosine(last.probe, probe) >= sameCosine;
    const revision = same ? last.revision : await findRevision(database, model, probe);
    if (seen.size >= maxModels) seen.clear();
    seen.set(model, { revision, probe, atMs: performance.now() });
    return revision;
  }

  return {
    lastSeen: (model) => seen.get(model)?.revision ?? null,
    async embed({ certain, ...call }) {
      const last = seen.get(call.model);
      if (!certain && last !== undefined && performance.now() - last.atMs < believedMs) {
        const vectors = call.texts.length === 0 ? [] : await embedder.embed(call);
        return { vectors, revision: last.revision };
      }
      const vectors = await embedder.embed({ ...call, texts: [...call.texts, probeText] });
      const probe = vectors.at(-1) ?? new Float32Array();
      return { vectors: vectors.slice(0, -1), revision: await note(call.model, probe) };
    },
  };
}

/** 1 for vectors in one direction; −1 where they cannot be compared. */
export function cosine(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return -1;
  let [dot, lengthA, lengthB] = [0, 0, 0];
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? 0;
    dot += value * other;
    lengthA += value * value;
    lengthB += other * other;
  }
  return lengthA === 0 || lengthB === 0 ? Number(lengthA === lengthB) : dot / Math.sqrt(lengthA * lengthB);
}

/** The number of the revision, shared by all replicas; a new one for an unknown revision. */
function findRevision(database: Database, model: string, probe: Float32Array): Promise<number> {
  return database.transaction(async (transaction) => {
    // Two replicas that see a new revision at the same time must agree on its number.
    await transaction.query('LOCK TABLE search.embedding_revisions IN SHARE ROW EXCLUSIVE MODE', []);
    const { rows } = await transaction.query<{ number: number; probe: string }>(
      'SELECT number, probe::text AS probe FROM search.embedding_revisions WHERE model = $1 ORDER BY number',
      [model],
    );
    const known = rows.find((row) => cosine(Float32Array.from(JSON.parse(row.probe)), probe) >= sameCosine);
    if (known !== undefined) return known.number;
    const added = await transaction.query<{ number: number }>(
      'INSERT INTO search.embedding_revisions (model, probe) VALUES ($1, $2::vector) RETURNING number',
      [model, toVectorText(probe)],
    );
    return added.rows[0]?.number ?? 0;
  });
}
