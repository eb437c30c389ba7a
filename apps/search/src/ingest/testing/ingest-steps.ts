import assert from 'node:assert/strict';
import type { Database } from '@kumiki/postgres';
import { diesAtStep } from '@kumiki/postgres/testing';
import { createLog, type GatewayClient } from '@kumiki/service';
import { createEmbedder } from '../../embedding/embedder.ts';
import { createRevisions } from '../../embedding/revisions.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import type { Reader } from '../../reading/create-reader.ts';
import { readDocument } from '../../reading/read-document.ts';
import { splitReply } from '../../reading/read-reply.ts';
import { sweep } from '../../sweep/sweep.ts';
import { createWordModel } from '../../testing/word-model.ts';
import { createModelContexts } from '../model-contexts.ts';
import { startIngest } from '../start-ingest.ts';

/** A file whose processes die one after the other, each at a given step, until one survives. */

const log = createLog({ service: 'test', level: 'silent' });
const pages = Array.from({ length: 12 }, (_, page) => `Page ${page} of a document speaks of item ${page * 7}.`);
const text = pages.map((page) => `${page} ${'word '.repeat(60)}`).join('\n\n');

/** Reads in this process, chunk by chunk, since this test is about the writes. */
const reader: Reader = {
  async read(source, request) {
    const data: Uint8Array[] = [];
    for await (const piece of source.open()) data.push(piece);
    const lines: string[] = [];
    await readDocument(Buffer.concat(data), request, (line) => void lines.push(line));
    const segment = splitReply(Buffer.from(lines.join('')));
    assert.ok(segment !== null);
    return segment;
  },
  close: async () => {},
};

const objects: ObjectStore = {
  write: async () => {},
  async *read() {
    yield Buffer.from(text);
  },
  remove: async () => {},
  listOlderThan: async () => [],
};

export interface IngestSteps {
  /** Ingesters that died. */
  readonly deaths: number;
  /** Steps that the last ingester made. */
  readonly lastSteps: number;
  readonly status: string;
}

/** Runs one file through deaths at the given steps, and checks that nothing is lost or duplicated. */
export async function ingestThroughDeaths(
  database: Database,
  seed: number,
  steps: readonly number[],
): Promise<IngestSteps> {
  const number = await queueFile(database, seed);
  const { gateway } = createWordModel();
  const fences: number[] = [];
  let deaths = 0;
  let lastSteps = 0;
  for (const step of [...steps, Number.MAX_SAFE_INTEGER]) {
    if ((await stateOf(database, number)).status !== 'in_progress') break;
    const world = diesAtStep(database, step);
    const ingest = startWorld(world.database, world.calls(gateway, ['json']), `seed-${seed}-${fences.length}`);
    if (await world.diesBefore(async () => (await stateOf(database, number)).status !== 'in_progress')) deaths++;
    lastSteps = world.steps();
    world.die();
    await ingest.stop();
    fences.push((await stateOf(database, number)).fence);
    await database.query(
      `UPDATE search.store_files SET lease_until = now() - interval '1 minute' WHERE lease_owner IS NOT NULL`,
    );
  }
  assert.deepEqual(
    fences,
    fences.toSorted((a, b) => a - b),
    `seed ${seed}: fences grow`,
  );
  if ((await stateOf(database, number)).status === 'failed') await sweepOnce(database);
  return { deaths, lastSteps, status: await checkChunks(database, number, deaths, `seed ${seed}`) };
}

/** A process that dies right after a file has failed leaves its chunks to the next sweep. */
function sweepOnce(database: Database): Promise<void> {
  const revisions = createRevisions(database, createEmbedder(createWordModel().gateway, null));
  return sweep({ database, objects, revisions, signal: new AbortController().signal });
}

function startWorld(database: Database, gateway: GatewayClient, owner: string) {
  const embedder = createEmbedder(gateway, null);
  return startIngest({
    database,
    objects,
    reader,
    embedder,
    revisions: createRevisions(database, embedder),
    contexts: createModelContexts(),
    log,
    owner,
    concurrency: 1,
    leaseMs: 60_000,
    pollMs: 250,
    onOutcome: () => {},
  });
}

async function queueFile(database: Database, seed: number): Promise<number> {
  const { rows } = await database.query<{ number: number }>(
    `WITH store AS (INSERT INTO search.vector_stores (id, project) VALUES ('vs_' || $1, 'p' || $1) RETURNING number),
     file AS (INSERT INTO search.files (id, project, filename, purpose, bytes, sha256)
       VALUES ('file-' || $1, 'p' || $1, 'a.txt', 'assistants', $2, '') RETURNING number)
     INSERT INTO search.store_files (project, store_number, file_number, key_id, max_chunk_tokens, overlap_tokens)
     SELECT 'p' || $1, store.number, file.number, 'key', 100, 0 FROM store, file RETURNING number`,
    [String(seed), Buffer.byteLength(text)],
  );
  return rows[0]?.number ?? 0;
}

interface State {
  readonly status: string;
  readonly fence: number;
}

async function stateOf(database: Database, number: number): Promise<State> {
  const { rows } = await database.query<State>('SELECT status, fence FROM search.store_files WHERE number = $1', [
    number,
  ]);
  return rows[0] ?? { status: 'gone', fence: -1 };
}

/**
 * Checks that each chunk occurs once, in order and complete, and that the counts of the store match. @returns the
 * status.
 */
async function checkChunks(database: Database, number: number, deaths: number, what: string): Promise<string> {
  const { status } = await stateOf(database, number);
  const { rows: chunks } = await database.query<{ position: number; text: string }>(
    'SELECT position, text FROM search.chunks WHERE store_file = $1 ORDER BY position',
    [number],
  );
  const { rows: counts } = await database.query<{ counted: number; wrong: number }>(
    `SELECT store.chunk_count AS counted, (SELECT count(*) FROM search.term_counts AS counts
       WHERE counts.store_number = store.number AND counts.chunks <> (SELECT count(*) FROM search.chunks AS chunk
         WHERE chunk.store_number = store.number AND chunk.terms @@ quote_literal(counts.term)::tsquery)) AS wrong
     FROM search.vector_stores AS store JOIN search.store_files AS place ON place.store_number = store.number
     WHERE place.number = $1`,
    [number],
  );
  assert.deepEqual(counts, [{ counted: chunks.length, wrong: 0 }], `${what}: counts`);
  if (status === 'failed') {
    assert.ok(deaths >= 2, `${what}: refused after ${deaths} deaths`);
    assert.equal(chunks.length, 0, what);
    return status;
  }
  assert.equal(status, 'completed', what);
  assert.deepEqual(
    chunks.map(({ position }) => position),
    [...chunks.keys()],
    `${what}: positions`,
  );
  const whole = chunks.map((chunk) => chunk.text).join(' ');
  const items = [...whole.matchAll(/item (\d+)/g)].map((match) => Number(match[1]));
  assert.deepEqual(
    items,
    pages.map((_, page) => page * 7),
    `${what}: text`,
  );
  return status;
}
