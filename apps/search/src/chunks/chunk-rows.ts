import { createHash } from 'node:crypto';
import type { Database, Queryable } from '@kumiki/postgres';
import type { ReadChunk } from '../reading/read-reply.ts';

/** The rows of `search.chunks`, as ingest writes them. */

/** SHA-256 of model, its revision and text, in hexadecimal. */
export function digestOf(model: string, revision: number, text: string): string {
  return createHash('sha256').update(`${model}\0${revision}\0`).update(text).digest('hex');
}

/** Existing vectors of this project for equal texts and the same model, by digest, in PostgreSQL's text form. */
export async function findVectors(
  database: Database,
  project: string,
  digests: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await database.query<{ digest: string; embedding: string }>(
    `SELECT DISTINCT ON (chunk.digest) encode(chunk.digest, 'hex') AS digest, chunk.embedding::text AS embedding
     FROM unnest($2::text[]) AS wanted (hex)
     JOIN search.chunks AS chunk ON chunk.project = $1 AND chunk.digest = decode(wanted.hex, 'hex')`,
    [project, digests],
  );
  return new Map(rows.map(({ digest, embedding }) => [digest, embedding]));
}

export interface EmbeddedChunk {
  readonly position: number;
  readonly chunk: ReadChunk;
  readonly digest: string;
  /** `[0.1,0.2]`. */
  readonly embedding: string;
}

/** The place of a file in a store. */
export interface StoreFile {
  readonly project: string;
  /** Number of the store. */
  readonly store: number;
  /** Number of the file in the store. */
  readonly number: number;
}

/** Writes chunks of a file, replacing those of an earlier attempt. */
export async function insertChunks(
  transaction: Queryable,
  { project, store, number }: StoreFile,
  dimensions: number,
  chunks: readonly EmbeddedChunk[],
): Promise<void> {
  const rows = chunks.map(({ position, chunk, digest, embedding }) => ({
    position,
    page: chunk.page,
    term_count: chunk.termCount,
    digest,
    headings: chunk.headings,
    text: chunk.text,
    embedding,
    terms: chunk.terms,
  }));
  await transaction.query(
    `INSERT INTO search.chunks (project, store_number, store_file, position, page, term_count, dimensions, digest,
       headings, text, attributes, embedding, terms)
     SELECT $1, $2, $3, position, page, term_count, $4, decode(digest, 'hex'),
       ARRAY(SELECT jsonb_array_elements_text(headings)), text,
       (SELECT attributes FROM search.store_files WHERE number = $3), embedding::vector, terms::tsvector
     FROM jsonb_to_recordset($5::jsonb) AS row (position integer, page integer, term_count integer, digest text,
       headings jsonb, text text, embedding text, terms text)
     ON CONFLICT (store_file, position) DO UPDATE SET page = EXCLUDED.page, term_count = EXCLUDED.term_count,
       dimensions = EXCLUDED.dimensions, digest = EXCLUDED.digest, headings = EXCLUDED.headings,
       text = EXCLUDED.text, attributes = EXCLUDED.attributes, embedding = EXCLUDED.embedding,
       terms = EXCLUDED.terms`,
    [project, store, number, dimensions, JSON.stringify(rows)],
  );
}
