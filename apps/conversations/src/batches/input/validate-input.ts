import { createHash } from 'node:crypto';
import type { Database } from '@kumiki/postgres';
import { type BatchLease, writeFenced } from '../rows/batch-lease.ts';
import type { BatchError } from '../rows/batch.ts';
import { batchLimits, chunkLimits } from '../rows/limits.ts';
import { checkLine } from './check-line.ts';
import { readLines } from './read-lines.ts';

export type ValidatedInput =
  | { readonly ok: true; readonly total: number; readonly model: string | null }
  | { readonly ok: false; readonly errors: readonly BatchError[] };

interface NewLine {
  readonly line: number;
  readonly custom_id: string;
  readonly body: string;
}

/**
 * Reads an input file from its start and stores its lines, after deleting those of an earlier attempt. Memory holds one
 * chunk of lines and a short digest of each custom_id.
 */
export async function validateInput(
  database: Database,
  lease: BatchLease,
  endpoint: string,
  content: AsyncIterable<Uint8Array>,
): Promise<ValidatedInput> {
  await writeFenced(database, lease, (transaction) =>
    transaction.query('DELETE FROM conversations.batch_lines WHERE batch_id = $1', [lease.id]),
  );
  const errors: BatchError[] = [];
  const seen = new Map<string, number>();
  const models = new Set<string | null>();
  const chunk = createChunk((lines) => insertLines(database, lease, lines));
  let total = 0;

  for await (const line of readLines(content)) {
    if (line.bytes === null) {
      errors.push(tooLarge(line.tooLarge, line.number));
      if (line.tooLarge === 'file') break;
    } else if ((total += 1) > batchLimits.lines) {
      errors.push(wholeFile('too_many_lines', `An input file has at most ${batchLimits.lines} lines.`));
      break;
    } else {
      const checked = checkLine({ number: line.number, bytes: line.bytes }, endpoint);
      const error = checked.ok ? duplicateOf(checked.customId, line.number, seen) : checked.error;
      if (error !== null) errors.push(error);
      // No line of an invalid file is run, so lines are stored only until the first error.
      else if (checked.ok && errors.length === 0) {
        if (models.size < 2) models.add(checked.model);
        await chunk.add({ line: line.number, custom_id: checked.customId, body: checked.body });
      }
    }
    if (errors.length >= batchLimits.errors) break;
  }
  if (total === 0 && errors.length === 0) errors.push(wholeFile('empty_file', 'The input file has no line.'));
  if (errors.length > 0) return { ok: false, errors };
  await chunk.flush();
  const [model] = models;
  return { ok: true, total, model: models.size === 1 ? (model ?? null) : null };
}

function duplicateOf(customId: string, line: number, seen: Map<string, number>): BatchError | null {
  const digest = createHash('sha256').update(customId).digest('base64').slice(0, 22);
  const first = seen.get(digest);
  if (first === undefined) {
    seen.set(digest, line);
    return null;
  }
  const message = `The custom_id of this line was used before, in line ${first}.`;
  return { code: 'duplicate_custom_id', message, param: 'custom_id', line };
}

function tooLarge(what: 'line' | 'file', line: number): BatchError {
  if (what === 'file') {
    return wholeFile('file_too_large', `An input file has at most ${batchLimits.inputBytes} bytes.`);
  }
  return { code: 'line_too_large', message: `A line has at most ${batchLimits.lineBytes} bytes.`, param: null, line };
}

function wholeFile(code: string, message: string): BatchError {
  return { code, message, param: 'input_file_id', line: null };
}

function createChunk(write: (lines: readonly NewLine[]) => Promise<void>) {
  let lines: NewLine[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    if (lines.length === 0) return;
    const full = lines;
    lines = [];
    bytes = 0;
    await write(full);
  };
  return {
    flush,
    async add(line: NewLine): Promise<void> {
      lines.push(line);
      bytes += line.body.length;
      if (lines.length >= chunkLimits.rows || bytes >= chunkLimits.bytes) await flush();
    },
  };
}

async function insertLines(database: Database, lease: BatchLease, lines: readonly NewLine[]): Promise<void> {
  await writeFenced(database, lease, (transaction) =>
    transaction.query(
      `INSERT INTO conversations.batch_lines (batch_id, line, custom_id, body)
       SELECT $1, line, custom_id, body
       FROM json_to_recordset($2::json) AS new (line integer, custom_id text, body text)`,
      [lease.id, JSON.stringify(lines)],
    ),
  );
}
