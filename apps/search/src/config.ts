import { modelNameSchema } from '@kumiki/api';
import { dataServiceSettings, readConfig, withToken } from '@kumiki/service';
import { z } from 'zod';
import { defaultIngestConcurrency, defaultLeaseMs } from './start-search.ts';

/** The settings of this program. */
export const searchSettings = z.strictObject({
  ...dataServiceSettings(8_440),
  KUMIKI_EMBEDDING_MODEL: modelNameSchema
    .optional()
    .describe('For stores that name no embedding model; the first of `/v1/models` when absent.'),
  KUMIKI_OBJECTS_FOLDER: z
    .string()
    .min(1)
    .optional()
    .describe('Folder for the bytes of files, on one machine; in the database, which all replicas reach, when absent.'),
  KUMIKI_INGEST_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(0)
    .max(64)
    .default(defaultIngestConcurrency)
    .describe('Files that this replica ingests at once.'),
  KUMIKI_INGEST_LEASE_MS: z.coerce
    .number()
    .int()
    .min(1_000)
    .max(3_600_000)
    .default(defaultLeaseMs)
    .describe('After how long without a sign of life another replica takes over what this one ingests.'),
});

/** Reads the service's settings. Throws ConfigError with every problem in one message. */
export function readSearchConfig() {
  return withToken(readConfig(searchSettings, process.env, 'KUMIKI_'));
}
