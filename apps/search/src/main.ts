import { openDatabase } from '@kumiki/postgres';
import { runDataService } from '@kumiki/service';
import { readSearchConfig } from './config.ts';
import { startSearch } from './start-search.ts';

await runDataService({
  name: 'search',
  exit: (status) => process.exit(status),
  readConfig: readSearchConfig,
  openDatabase,
  start: (parts, config) =>
    startSearch({
      ...parts,
      objectsFolder: config.KUMIKI_OBJECTS_FOLDER ?? null,
      embeddingModel: config.KUMIKI_EMBEDDING_MODEL ?? null,
      ingestConcurrency: config.KUMIKI_INGEST_CONCURRENCY,
      leaseMs: config.KUMIKI_INGEST_LEASE_MS,
    }),
});
