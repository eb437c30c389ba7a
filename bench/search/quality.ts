/**
 * Search quality: 400 questions over this project's own documents, ingested like users' files, searched by vectors
 * only, by words only and by both. Even questions were used to tune the fusion's constants; odd ones were held out.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { startSearch } from '../../apps/search/src/start-search.ts';
import { type Database, openDatabase } from '../../packages/postgres/src/index.ts';
import { startPostgres, whyNoPostgres } from '../../packages/postgres/src/testing/index.ts';
import { createLog } from '../../packages/service/src/index.ts';
import { startDemoEmbeddings } from './demo-embeddings.ts';
import { answers, type Label, readLabels, root } from './labels.ts';
import { connectSearch, type SearchClient } from './search-client.ts';

const token = 'token-of-the-bench';
const wanted = 10;

export const ways = {
  vectors: { embedding_weight: 1, text_weight: 0 },
  words: { embedding_weight: 0, text_weight: 1 },
  /** The default search. */
  hybrid: null,
} as const;

export type Way = keyof typeof ways;

/** The rank of the right passage in the results, from 1; null when it is not among the first ten. */
export type Ranks = Readonly<Record<Way, number | null>>;

export interface Asked {
  readonly label: Label;
  readonly ranks: Ranks;
  readonly heldBack: boolean;
}

/** Ingests every document that a label names, and searches every question in every way. */
export async function askAll(): Promise<{
  readonly database: string;
  readonly chunks: number;
  readonly asked: Asked[];
}> {
  const folder = mkdtempSync(join(tmpdir(), 'kumiki-bench-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const { name, database } = await openBenchDatabase(stack);
  const gateway = await startDemoEmbeddings();
  stack.defer(() => gateway.end());
  const log = createLog({ service: 'search', level: 'silent' });
  const where = { host: '127.0.0.1', port: 0, objectsFolder: join(folder, 'objects') };
  const search = await startSearch({ database, gateway, token, log, ...where });
  stack.defer(() => search.close());
  const client = connectSearch(search.port, token);
  const labels = readLabels();
  const documents = [...new Set(labels.map(({ document }) => document))];
  const store = await ingest(client, documents);
  const asked: Asked[] = [];
  for (const [index, label] of labels.entries())
    asked.push({ label, ranks: await ask(client, store, label), heldBack: index % 2 === 1 });
  const { rows } = await database.query<{ count: number }>('SELECT count(*) AS count FROM search.chunks');
  return { database: name, chunks: rows[0]?.count ?? 0, asked };
}

async function openBenchDatabase(stack: AsyncDisposableStack): Promise<{ name: string; database: Database }> {
  if (whyNoPostgres() !== null) {
    const database = openDatabase({ folder: null });
    stack.defer(() => database.close());
    return { name: 'PGlite', database };
  }
  const server = await startPostgres();
  stack.defer(() => server.stop());
  const database = openDatabase({ url: server.url, applicationName: 'kumiki-bench' });
  stack.defer(() => database.close());
  return { name: 'PostgreSQL', database };
}

interface Store {
  readonly id: string;
  readonly documentOf: ReadonlyMap<string, string>;
}

async function ingest(client: SearchClient, documents: readonly string[]): Promise<Store> {
  const documentOf = new Map<string, string>();
  for (const document of documents) {
    const data = readFileSync(new URL(document, root));
    documentOf.set(await client.upload(basename(document), data), document);
  }
  return { id: await client.fillStore([...documentOf.keys()]), documentOf };
}

async function ask(client: SearchClient, store: Store, label: Label): Promise<Ranks> {
  const rank = async (way: Way): Promise<number | null> => {
    const weights = ways[way];
    const results = await client.search(store.id, {
      query: label.question,
      max_num_results: wanted,
      ...(weights === null ? {} : { ranking_options: { hybrid_search: weights } }),
    });
    const place = results.findIndex(({ file_id, content, kumiki }) =>
      answers(
        {
          document: store.documentOf.get(file_id) ?? '',
          heading: kumiki.heading?.split(' › ').at(-1) ?? null,
          text: content.map(({ text }) => text).join('\n'),
        },
        label,
      ),
    );
    return place < 0 ? null : place + 1;
  };
  return { vectors: await rank('vectors'), words: await rank('words'), hybrid: await rank('hybrid') };
}
