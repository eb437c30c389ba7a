import type { Database } from '@kumiki/postgres';

/** The batches of all projects that have not ended. */
export interface OpenBatches {
  readonly open: number;
  /** Seconds since the oldest of them was made in which a request still waits; 0 where none does. */
  readonly oldestSeconds: number;
}

/** Of a batch whose input file is not read yet every request waits. */
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
