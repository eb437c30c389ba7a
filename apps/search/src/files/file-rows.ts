import { batchFileExpirySeconds, type FileObject, KumikiError, type ProjectLimits } from '@kumiki/api';
import type { Database, Queryable } from '@kumiki/postgres';
import { type Page, type PageQuery, planPage, toPage, unknownCursor } from '../http/page.ts';
import { settleUpload } from '../quota/upload-room.ts';

/** The rows of `search.files`. Every statement is restricted to the project. */

export interface FileRow {
  readonly number: number;
  readonly id: string;
  readonly filename: string;
  readonly purpose: string;
  readonly bytes: number;
  /** Unix seconds. */
  readonly created: number;
  readonly expires: number | null;
}

/** Bytes of one page of a list; more is on the next page. */
const pageBytes = 4_194_304;
/** Bytes of a file in a list, without its name. */
const rowBytes = 384;

/** SQL condition: the row is visible to clients. */
export const visible = 'deleted_at IS NULL AND (expires_at IS NULL OR expires_at > now())';

const columns = `number, id, filename, purpose, bytes, extract(epoch FROM created_at)::bigint AS created,
  extract(epoch FROM expires_at)::bigint AS expires`;

export interface NewFile {
  readonly id: string;
  readonly project: string;
  readonly filename: string;
  readonly purpose: string;
  readonly bytes: number;
  readonly sha256: string;
  /** null: never, except for files of batches. */
  readonly expiresAfterSeconds: number | null;
  /** The request's idempotency key; null when it has none. */
  readonly idempotencyKey: string | null;
}

/**
 * The row of an upload: a new one, or the existing one of an earlier identical upload, so that a client that lost the
 * reply gets the same file. Throws `conflict` when the idempotency key was used with other bytes, `quota_exceeded` when
 * the quota does not allow it.
 */
export async function insertFile(database: Database, file: NewFile, limits: ProjectLimits): Promise<FileRow> {
  const ofBatch = file.purpose === 'batch' || file.purpose === 'batch_output';
  const seconds = file.expiresAfterSeconds ?? (ofBatch ? batchFileExpirySeconds : null);
  const row = await database.transaction(async (transaction) => {
    const before = file.idempotencyKey === null ? null : await findUploaded(transaction, file);
    if (before !== null) return before;
    await settleUpload(transaction, { id: file.id, project: file.project, limits }, file.bytes);
    const { rows } = await transaction.query<FileRow>(
      `INSERT INTO search.files (id, project, filename, purpose, bytes, sha256, expires_at, idempotency_key)
       VALUES ($1, $2, $3, $4, $5, $6, now() + $7::bigint * interval '1 second', $8)
       ON CONFLICT (project, idempotency_key) WHERE idempotency_key IS NOT NULL AND deleted_at IS NULL DO NOTHING
       RETURNING ${columns}`,
      [file.id, file.project, file.filename, file.purpose, file.bytes, file.sha256, seconds, file.idempotencyKey],
    );
    return rows[0] ?? null;
  });
  const found = row ?? (await findUploaded(database, file));
  if (found !== null) return found;
  throw new KumikiError('conflict', { reason: 'This Idempotency-Key came with another file before' });
}

async function findUploaded(database: Queryable, file: NewFile): Promise<FileRow | null> {
  const { rows } = await database.query<FileRow>(
    `SELECT ${columns} FROM search.files
     WHERE project = $1 AND idempotency_key = $2 AND sha256 = $3 AND purpose = $4 AND deleted_at IS NULL`,
    [file.project, file.idempotencyKey, file.sha256, file.purpose],
  );
  return rows[0] ?? null;
}

async function findFile(database: Queryable, project: string, id: string): Promise<FileRow | null> {
  const { rows } = await database.query<FileRow>(
    `SELECT ${columns} FROM search.files WHERE project = $1 AND id = $2 AND ${visible}`,
    [project, id],
  );
  return rows[0] ?? null;
}

/** Returns the file. Throws `not_found`, also for a file of another project. */
export async function requireFile(database: Queryable, project: string, id: string): Promise<FileRow> {
  const row = await findFile(database, project, id);
  if (row === null) throw fileNotFound(id);
  return row;
}

export function fileNotFound(id: string): KumikiError {
  return new KumikiError('not_found', {
    what: 'file',
    id: id.slice(0, 128),
    hint: ' GET /v1/files lists what there is.',
  });
}

export async function listFiles(
  database: Database,
  project: string,
  query: PageQuery & { readonly purpose?: string | undefined },
): Promise<Page<FileObject>> {
  const plan = planPage(query);
  const cursor = plan.cursor === null ? null : await findFile(database, project, plan.cursor);
  if (plan.cursor !== null && cursor === null) throw unknownCursor(query);
  const { rows } = await database.query<FileRow & { readonly fetched: number }>(
    `SELECT * FROM (
       SELECT *, count(*) OVER () AS fetched, sum(${rowBytes} + octet_length(filename)) OVER (ORDER BY number ${plan.direction}) AS reply_bytes
       FROM (
         SELECT ${columns} FROM search.files
         WHERE project = $1 AND ${visible} AND ($2::text IS NULL OR purpose = $2)
           AND ($3::bigint IS NULL OR ${plan.condition('$3')})
         ORDER BY number ${plan.direction} LIMIT $4
       ) AS next
     ) AS measured WHERE reply_bytes <= $5 ORDER BY number ${plan.direction}`,
    [project, query.purpose ?? null, cursor?.number ?? null, plan.fetch, pageBytes],
  );
  return toPage(rows, query, toFileObject, rows.length < (rows[0]?.fetched ?? 0));
}

export function toFileObject(row: FileRow): FileObject {
  return {
    id: row.id,
    object: 'file',
    bytes: row.bytes,
    created_at: row.created,
    expires_at: row.expires,
    filename: row.filename,
    purpose: row.purpose,
    status: 'processed',
    status_details: null,
  };
}
