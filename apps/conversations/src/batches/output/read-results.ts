import type { Database } from '@kumiki/postgres';
import { unfinishedLine } from '../lines/result-line.ts';
import type { BatchRow, ResultFile } from '../rows/batch.ts';
import { chunkLimits } from '../rows/limits.ts';

const belongs: Readonly<Record<ResultFile, string>> = {
  output: 'result IS NOT NULL AND NOT failed',
  error: '(failed OR result IS NULL)',
};

/** Whether a sealed batch has lines for that file; an empty file is not created. */
export async function hasResults(database: Database, batch: BatchRow, file: ResultFile): Promise<boolean> {
  const { rows } = await database.query<{ found: boolean }>(
    `SELECT EXISTS (SELECT FROM conversations.batch_lines WHERE batch_id = $1 AND ${belongs[file]}) AS found`,
    [batch.id],
  );
  return rows[0]?.found === true;
}

interface ResultRow {
  readonly line: number;
  readonly custom_id: string;
  readonly result: string | null;
}

/**
 * The content of a sealed batch's result file, in the order of the input, in bounded pieces. Every call gives the same
 * bytes.
 */
export async function* readResults(
  database: Database,
  batch: BatchRow,
  file: ResultFile,
): AsyncGenerator<Buffer, void, void> {
  for (let after = 0; ;) {
    const { rows } = await database.query<ResultRow>(
      `SELECT line, custom_id, result FROM (
         SELECT line, custom_id, result,
           sum(octet_length(result)) OVER (ORDER BY line) - octet_length(result) AS bytes_before
         FROM (
           SELECT line, custom_id, result FROM conversations.batch_lines
           WHERE batch_id = $1 AND line > $2 AND ${belongs[file]} ORDER BY line LIMIT ${chunkLimits.rows}
         ) AS page
       ) AS sized
       WHERE coalesce(bytes_before, 0) < ${chunkLimits.bytes} ORDER BY line`,
      [batch.id, after],
    );
    if (rows.length === 0) return;
    yield Buffer.from(rows.map((row) => `${textOf(row, batch)}\n`).join(''));
    after = rows.at(-1)?.line ?? after;
  }
}

function textOf({ line, custom_id: customId, result }: ResultRow, { id, outcome }: BatchRow): string {
  return result ?? unfinishedLine({ batchId: id, line, customId }, outcome ?? 'cancelled');
}
