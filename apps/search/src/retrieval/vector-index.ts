import type { Database } from '@kumiki/postgres';

/** Most dimensions that pgvector can index, at full precision and at half precision. */
const fullPrecisionDimensions = 2_000;
const halfPrecisionDimensions = 4_000;

/** Number of the advisory lock for creating an index; the dimensions are added. */
const lockNumber = 0x6b760000;

/** Limit of building an index over existing vectors, for installations that had none. */
const buildLimitMs = 3_600_000;

export interface VectorType {
  /** The type that both sides of the distance are cast to, so that the index is used. */
  readonly type: string;
  readonly operators: string;
}

/** The index type for a number of dimensions; null when there is none, so that every search is an exact scan. */
export function indexedType(dimensions: number): VectorType | null {
  if (dimensions <= fullPrecisionDimensions) {
    return { type: `vector(${dimensions})`, operators: 'vector_cosine_ops' };
  }
  if (dimensions <= halfPrecisionDimensions) {
    return { type: `halfvec(${dimensions})`, operators: 'halfvec_cosine_ops' };
  }
  return null;
}

/**
 * Creates the HNSW index for vectors of a length when the first of them is stored, so that the index starts empty.
 * Writers wait while PostgreSQL scans the table.
 */
export async function ensureVectorIndex(database: Database, dimensions: number): Promise<void> {
  const indexed = indexedType(dimensions);
  if (indexed === null) return;
  const name = `chunks_by_vector_${dimensions}`;
  await database.transaction(async (transaction) => {
    const { count } = await transaction.query(
      `SELECT 1 FROM pg_indexes WHERE schemaname = 'search' AND indexname = $1`,
      [name],
    );
    if (count > 0) return;
    await transaction.query('SELECT pg_advisory_xact_lock($1)', [lockNumber + dimensions]);
    await transaction.query(
      `CREATE INDEX IF NOT EXISTS ${name} ON search.chunks
       USING hnsw ((embedding::${indexed.type}) ${indexed.operators}) WHERE dimensions = ${dimensions}`,
    );
  }, buildLimitMs);
}
