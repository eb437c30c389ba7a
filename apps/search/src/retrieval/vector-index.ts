import type { Database } from '@kumiki/postgres';

/** Most dimensions that pgvector indexes: at full precision, and at half of it. */
const fullPrecisionDimensions = 2_000;
const halfPrecisionDimensions = 4_000;

/** Of the advisory lock under which an index is made; the dimensions are added. */
const lockNumber = 0x6b760000;

/** For an index over vectors that are there already: those of an installation that was without one. */
const buildLimitMs = 3_600_000;

export interface VectorType {
  /** What both sides of the distance are cast to, so that the index is used. */
  readonly type: string;
  readonly operators: string;
}

/** How vectors of so many dimensions are indexed; null when they cannot be, and every search reads them all. */
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
 * Makes the HNSW index for vectors of a length, once in the life of an installation: when the first of them comes, so
 * that there is nothing to build. Writers wait while PostgreSQL reads the table to see that it holds none.
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
