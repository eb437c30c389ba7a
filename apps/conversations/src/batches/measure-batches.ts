import type { Database } from '@kumiki/postgres';

/** The batches of all projects that have not ended. */
export interface OpenBatches {
  readonly open: number;
  /** Age in seconds of the oldest open batch with a waiting request; 0 when there is none. */
  readonly oldestSeconds: number;
}

/** All requests of a batch wait until its input file has been read. */
export async function measureBatches(database: Database): Promise<OpenBatches> {
  const { rows } = await database.query<OpenBatches>(
    `SELECT count(*) AS open,
       COALESCE(extract(epoch FROM now() - min(created_at) FILTER (WHERE status = 'validating' OR EXISTS (
         SELECT 1 FROM conversations.batch_lines WHERE batch_id = batch.id AND result IS NULL))), 0)::float8
         AS "oldestSeconds"
     FROM conversations.batches AS batch
     WHERE status IN ('validating', 'in_progress', 'finalizing', 'cancelling')`,
  );
  return rows[0] ?? { open: 0, oldestSeconds: 0 };
}
