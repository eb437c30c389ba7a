import type { Attributes, SearchVectorStore } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import { type ChunkPlace, showPlace } from '../chunks/chunk-place.ts';
import { toVectorText } from '../embedding/embedder.ts';
import type { Revisions } from '../embedding/revisions.ts';
import { findByVector } from './find-by-vector.ts';
import { findByWords } from './find-by-words.ts';
import { floorOfSimilarities, fuse, type Fused, type ScoredList } from './fuse.ts';
import { parseFilter } from './parse-filter.ts';
import type { SearchedStore } from './searched-store.ts';

const defaultResults = 10;
/** Most bytes of a reply's texts; lower-ranked results are dropped. Chunks of usual size stay far below it. */
const resultBytes = 4_194_304;
/**
 * Length of each list that is fused, so that a hit that is 90th among the vectors and third among the words still
 * counts.
 */
const listLength = 100;
/** Default weights, chosen with `npm run bench search` on its tuning half of the questions. */
const evenWeights = { embedding_weight: 1, text_weight: 1 };

export interface SearchCall {
  readonly keyId: string;
  readonly requestId: string;
  readonly traceparent: string | null;
  readonly body: SearchVectorStore;
}

/** Searches a store by vectors and by words, and fuses what both find. */
export async function searchStore(database: Database, revisions: Revisions, store: SearchedStore, call: SearchCall) {
  const { body } = call;
  const queries = typeof body.query === 'string' ? [body.query] : body.query;
  const filter = parseFilter(body.filters);
  const { dimensions, model } = store;
  if (dimensions === null || model === null) return { queries, results: [] };

  const weights = body.ranking_options?.hybrid_search ?? evenWeights;

  const byWords = async (): Promise<ScoredList[]> =>
    Promise.all(
      weights.text_weight === 0
        ? []
        : queries.map(async (query) => ({
            weight: weights.text_weight,
            hits: await findByWords(database, store, query, filter, listLength),
            floor: 0,
          })),
    );
  const byVectors = async (): Promise<ScoredList[]> => {
    if (weights.embedding_weight === 0) return [];
    const { keyId, requestId, traceparent } = call;
    const asked = { model, texts: queries, keyId, lowPriority: false, requestId, traceparent };
    const { vectors, revision } = await revisions.embed({ ...asked, certain: false });
    // Vectors of different revisions cannot be compared. Until the sweep has renewed them, only the word search is
    // used.
    if (revision !== store.revision && weights.text_weight > 0) return [];
    return Promise.all(
      vectors.map(async (vector) => {
        const hits = await findByVector(database, store, toVectorText(vector), filter, listLength);
        return { weight: weights.embedding_weight, hits, floor: floorOfSimilarities(hits, listLength) };
      }),
    );
  };
  const [vectorLists, wordLists] = await Promise.all([byVectors(), byWords()]);
  const threshold = body.ranking_options?.score_threshold ?? 0;
  const fused = fuse([...vectorLists, ...wordLists])
    .filter(({ score }) => score >= threshold)
    .slice(0, body.max_num_results ?? defaultResults);
  return { queries, results: await describe(database, store, fused) };
}

interface ChunkRow extends ChunkPlace {
  readonly fileId: string;
  readonly filename: string;
  readonly text: string;
  readonly attributes: Attributes;
}

/** The chunks as clients see them, in ranking order. Chunks that were deleted meanwhile are left out. */
async function describe(database: Database, store: SearchedStore, fused: readonly Fused[]) {
  if (fused.length === 0) return [];
  const { rows } = await database.query<ChunkRow>(
    `SELECT * FROM (
     SELECT chunk.number, file.id AS "fileId", file.filename, chunk.text, chunk.page, chunk.headings, chunk.attributes,
       sum(octet_length(chunk.text)) OVER (ORDER BY wanted.place) - octet_length(chunk.text) AS bytes_before
     FROM unnest($3::bigint[]) WITH ORDINALITY AS wanted (number, place)
     JOIN search.chunks AS chunk ON chunk.number = wanted.number
     JOIN search.store_files AS place ON place.number = chunk.store_file AND place.removed_at IS NULL
       AND place.status IN ('completed', 'in_progress')
     JOIN search.files AS file ON file.number = place.file_number AND file.deleted_at IS NULL
     WHERE chunk.project = $1 AND chunk.store_number = $2) AS found WHERE bytes_before < $4`,
    [store.project, store.number, fused.map(({ number }) => number), resultBytes],
  );
  const found = new Map(rows.map((row) => [row.number, row]));
  return fused.flatMap(({ number, score }) => {
    const row = found.get(number);
    return row === undefined ? [] : [toResult(row, score)];
  });
}

function toResult(row: ChunkRow, score: number) {
  return {
    file_id: row.fileId,
    filename: row.filename,
    score,
    attributes: row.attributes,
    content: [{ type: 'text' as const, text: row.text }],
    kumiki: showPlace(row),
  };
}
