import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase } from '@kumiki/postgres';
import { startPostgres } from '@kumiki/postgres/testing';
import { startSearch } from '@kumiki/search';
import { createLog } from '@kumiki/service';
import { toVectorText } from '../../apps/search/src/embedding/embedder.ts';
import { findByVector } from '../../apps/search/src/retrieval/find-by-vector.ts';
import { requireSearchedStore } from '../../apps/search/src/retrieval/searched-store.ts';
import { dimensions, makeDocument, makeQuery, syntheticGateway, vectorOf } from './synthetic.ts';

/** Searches on a real server: time, recall, ingest rate and sizes, compared with plain pgvector on the same vectors. */

const token = 'token-of-the-bench';
const sentencesPerDocument = 2_000;
const timedSearches = 400;
const recallQueries = 100;
const recallAt = 10;

interface SpeedResult {
  readonly chunks: number;
  readonly dimensions: number;
  readonly ingestChunksPerSecond: number;
  readonly searchMs: Percentiles;
  readonly filteredSearchMs: Percentiles;
  readonly vectorPartMs: Percentiles;
  readonly recall: number;
  readonly megabytes: Readonly<Record<string, number>>;
  readonly bare: { readonly buildSeconds: number; readonly searchMs: Percentiles; readonly recall: number };
}

interface Percentiles {
  readonly p50: number;
  readonly p95: number;
}

/** @param size least number of chunks in the store. */
export async function measureSpeed(size: number): Promise<SpeedResult> {
  const folder = mkdtempSync(join(tmpdir(), 'kumiki-bench-search-'));
  const postgres = await startPostgres({ settings: { shared_buffers: '1GB', maintenance_work_mem: '512MB' } });
  const database = openDatabase({ url: postgres.url, applicationName: 'bench' });
  const service = await startSearch({
    database,
    gateway: syntheticGateway,
    token,
    host: '127.0.0.1',
    port: 0,
    log: createLog({ service: 'search', level: 'warn' }),
    objectsFolder: join(folder, 'objects'),
  });
  try {
    const call = caller(service.port);
    const { id } = (await call('POST', '/v1/vector_stores', {})) as { id: string };
    const began = performance.now();
    const chunks = await ingest(call, id, size);
    const seconds = (performance.now() - began) / 1_000;
    await database.query('VACUUM ANALYZE search.chunks');
    const search = (filters: object | null) => (index: number) =>
      call('POST', `/v1/vector_stores/${id}/search`, { query: makeQuery(1_000_000 + index), filters });
    const searchMs = await time(search(null));
    const filteredSearchMs = await time(search({ type: 'eq', key: 'tenth', value: 3 }));
    const store = await requireSearchedStore(database, 'bench', id);
    const byVector = (index: number) =>
      findByVector(database, store, toVectorText(vectorOf(makeQuery(2_000_000 + index))), null, recallAt);
    const vectorPartMs = await time(byVector);
    const exact = await exactAnswers(database, 'search.chunks');
    const recall = await recallOf(exact, async (index) => (await byVector(index)).map(({ number }) => number));
    return {
      chunks,
      dimensions,
      ingestChunksPerSecond: Math.round(chunks / seconds),
      searchMs,
      filteredSearchMs,
      vectorPartMs,
      recall,
      megabytes: await sizes(database),
      bare: await measureBare(database, exact),
    };
  } finally {
    await service.close();
    await database.close();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Call = (method: string, path: string, body?: object) => Promise<unknown>;

function caller(port: number): Call {
  return async (method, path, body) => {
    const form = body instanceof FormData;
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'x-kumiki-key': 'key_bench',
        'x-kumiki-project': 'bench',
        ...(form || body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return response.json();
  };
}

/** Uploads documents until the store has its chunks; they are ingested by the product's queue. */
async function ingest(call: Call, store: string, size: number): Promise<number> {
  const chunksOf = async (file: string): Promise<number> => {
    for (;;) {
      const place = (await call('GET', `/v1/vector_stores/${store}/files/${file}`)) as {
        status: string;
        last_error: unknown;
        kumiki: { chunks_total: number };
      };
      if (place.status === 'completed') return place.kumiki.chunks_total;
      if (place.status !== 'in_progress') throw new Error(JSON.stringify(place.last_error));
      await new Promise((resolve) => {
        setTimeout(resolve, 50);
      });
    }
  };
  let chunks = 0;
  /** Two concurrently, like the service's ingest. */
  const lane = async (first: number): Promise<void> => {
    for (let index = first; chunks < size; index += 2) {
      const form = new FormData();
      form.append('file', new Blob([makeDocument(index, sentencesPerDocument)]), `${index}.txt`);
      form.append('purpose', 'assistants');
      const { id } = (await call('POST', '/v1/files', form)) as { id: string };
      await call('POST', `/v1/vector_stores/${store}/files`, {
        file_id: id,
        attributes: { tenth: index % 10 },
        chunking_strategy: { type: 'static', static: { max_chunk_size_tokens: 100, chunk_overlap_tokens: 0 } },
      });
      const made = await chunksOf(id);
      chunks += made;
      process.stderr.write(`\r${chunks} of ${size} chunks`);
    }
  };
  await Promise.all([lane(0), lane(1)]);
  process.stderr.write('\n');
  return chunks;
}

async function time(work: (index: number) => Promise<unknown>): Promise<Percentiles> {
  const warmUp = 50;
  const times: number[] = [];
  for (let index = -warmUp; index < timedSearches; index++) {
    const began = performance.now();
    await work(Math.abs(index));
    if (index >= 0) times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  const at = (part: number): number => Math.round((times[Math.floor(times.length * part)] ?? 0) * 100) / 100;
  return { p50: at(0.5), p95: at(0.95) };
}

async function exactAnswers(database: Database, table: string): Promise<number[][]> {
  const answers: number[][] = [];
  for (let index = 0; index < recallQueries; index++) {
    const { rows } = await database.query<{ number: number }>(
      `SELECT number FROM ${table} ORDER BY (embedding <=> $1::vector) + 0 LIMIT ${recallAt}`,
      [toVectorText(vectorOf(makeQuery(2_000_000 + index)))],
    );
    answers.push(rows.map(({ number }) => number));
  }
  return answers;
}

/** The share of the true nearest neighbours that was found. */
async function recallOf(exact: readonly number[][], find: (index: number) => Promise<number[]>): Promise<number> {
  let found = 0;
  for (const [index, numbers] of exact.entries()) {
    const answer = new Set(await find(index));
    found += numbers.filter((number) => answer.has(number)).length;
  }
  return found / (exact.length * recallAt);
}

/** The same vectors in a plain table, with an index built in one go and pgvector's defaults. */
async function measureBare(database: Database, exact: readonly number[][]): Promise<SpeedResult['bare']> {
  await database.query(
    `CREATE TABLE bare AS SELECT number, embedding::vector(${dimensions}) AS embedding FROM search.chunks`,
  );
  const began = performance.now();
  await database.transaction(async (transaction) => {
    await transaction.query('SET LOCAL statement_timeout = 0');
    await transaction.query('CREATE INDEX ON bare USING hnsw (embedding vector_cosine_ops)');
  });
  const buildSeconds = Math.round((performance.now() - began) / 100) / 10;
  await database.query('VACUUM ANALYZE bare');
  const find = async (index: number): Promise<number[]> => {
    const { rows } = await database.query<{ number: number }>(
      `SELECT number FROM bare ORDER BY embedding <=> $1::vector LIMIT ${recallAt}`,
      [toVectorText(vectorOf(makeQuery(2_000_000 + index)))],
    );
    return rows.map(({ number }) => number);
  };
  return { buildSeconds, searchMs: await time(find), recall: await recallOf(exact, find) };
}

async function sizes(database: Database): Promise<Record<string, number>> {
  const { rows } = await database.query<{ name: string; bytes: number }>(
    `SELECT relname AS name, pg_total_relation_size(oid) AS bytes FROM pg_class
     WHERE relnamespace = 'search'::regnamespace AND relname IN ('chunks_by_term', 'term_counts')
       OR relname LIKE 'chunks_by_vector%'
     UNION ALL SELECT 'chunks without indexes', pg_table_size('search.chunks')`,
  );
  return Object.fromEntries(rows.map(({ name, bytes }) => [name, Math.round(bytes / 1_048_576)]));
}
