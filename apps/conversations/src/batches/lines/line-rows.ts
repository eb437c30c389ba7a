import { errorMessage } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import type { BatchLease } from '../rows/batch-lease.ts';
import { brokenLine, type LineResult } from './result-line.ts';
import type { LineRequest } from './run-line.ts';

/** Line numbers that are read at once. */
const pageLines = 1_000;

/** Lines without a result, in order. @param suspects true for lines whose driver died or hung, false for all others. */
export async function* openLines(
  database: Database,
  batchId: string,
  suspects: boolean,
): AsyncGenerator<number, void, void> {
  for (let after = 0; ;) {
    const { rows } = await database.query<{ line: number }>(
      `SELECT line FROM conversations.batch_lines
       WHERE batch_id = $1 AND line > $2 AND result IS NULL AND claims ${suspects ? '>' : '='} 0 ORDER BY line LIMIT $3`,
      [batchId, after, pageLines],
    );
    for (const { line } of rows) yield line;
    after = rows.at(-1)?.line ?? after;
    if (rows.length < pageLines) return;
  }
}

/** A claimed line, and the number of its earlier claims without a result. */
export interface ClaimedLine extends LineRequest {
  readonly lost: number;
  readonly bytes: number;
}

/**
 * Counts the claim of a line durably, before any of its content is read. null when it has a result, or when the lease
 * is lost.
 */
export async function claimLine(database: Database, lease: BatchLease, line: number): Promise<ClaimedLine | null> {
  const { rows } = await database.query<{ custom_id: string; body: string; lost: number; bytes: number }>(
    `UPDATE conversations.batch_lines SET claims = claims + 1
     WHERE batch_id = $1 AND line = $2 AND result IS NULL
       AND EXISTS (SELECT 1 FROM conversations.batches WHERE id = $1 AND fence = $3)
     RETURNING custom_id, body, claims - 1 AS lost, octet_length(body) AS bytes`,
    [lease.id, line, lease.fence],
  );
  const row = rows[0];
  if (row === undefined) return null;
  return { line, customId: row.custom_id, body: row.body, lost: row.lost, bytes: row.bytes };
}

/** Uncounts the claims of lines that their driver releases. Does nothing when another driver has the lease. */
export async function unclaimLines(database: Database, lease: BatchLease, lines: readonly number[]): Promise<void> {
  if (lines.length === 0) return;
  await database.query(
    `UPDATE conversations.batch_lines SET claims = greatest(claims - 1, 0)
     WHERE batch_id = $1 AND line = ANY($2::int[]) AND result IS NULL
       AND EXISTS (SELECT 1 FROM conversations.batches WHERE id = $1 AND fence = $3)`,
    [lease.id, lines, lease.fence],
  );
}

/** The result of a line that has killed or hung every process that ran it. */
export function poisonousLine(batchId: string, { line, customId, bytes }: ClaimedLine, claims: number): LineResult {
  const code = 'poisonous_request';
  const message = errorMessage(code, { what: 'This line', claims, size: `${bytes} bytes` });
  return brokenLine({ batchId, line, customId }, { code, message });
}
