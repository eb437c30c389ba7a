import { KumikiError, type ProjectLimits } from '@kumiki/api';
import { judgeQuota } from '@kumiki/policy';
import { lockCounts, type Queryable } from '@kumiki/postgres';

/** A project's usage, as counted by the database. */
export interface Usage {
  readonly files: number;
  readonly file_bytes: number;
  readonly vector_stores: number;
}

/** Uploads in progress count, except the one with the id `except`. */
async function readUsage(database: Queryable, project: string, except: string): Promise<Usage> {
  const { rows } = await database.query<Usage>(
    `SELECT coalesce(sum(files), 0)::bigint AS files, coalesce(sum(file_bytes), 0)::bigint AS file_bytes,
       coalesce(sum(vector_stores), 0)::bigint AS vector_stores
     FROM (
       SELECT files, file_bytes, vector_stores FROM search.project_usage WHERE project = $1
       UNION ALL
       SELECT 1, bytes, 0 FROM search.uploads WHERE project = $1 AND expires_at > now() AND id <> $2
     ) AS used`,
    [project, except],
  );
  return rows[0] ?? { files: 0, file_bytes: 0, vector_stores: 0 };
}

/** A project's usage. */
export function usageOf(database: Queryable, project: string): Promise<Usage> {
  return readUsage(database, project, '');
}

/**
 * Serialises all additions to a project until this transaction ends, and returns its usage, so that a check against it
 * stays valid.
 */
export async function lockUsage(transaction: Queryable, project: string, except: string): Promise<Usage> {
  await lockCounts(transaction, 'search.project_usage', project);
  return readUsage(transaction, project, except);
}

/** Throws `quota_exceeded` for the first limit that the addition would exceed. */
export function requireRoom(project: string, limits: ProjectLimits, usage: Usage, needed: Partial<Usage>): void {
  for (const name of ['files', 'file_bytes', 'vector_stores'] as const) {
    const question = { limit: limits[name], used: usage[name], needed: needed[name] ?? 0 };
    const refusal = question.needed === 0 ? null : judgeQuota(question);
    if (refusal === null) continue;
    throw new KumikiError('quota_exceeded', { project, ...question, ...wordsFor(name, refusal.left) });
  }
}

function wordsFor(name: keyof Usage, left: number): { readonly what: string; readonly remedy: string } {
  if (name === 'vector_stores') return { what: 'vector_stores', remedy: 'Delete one that you no longer need.' };
  if (name === 'files') return { what: 'files', remedy: 'Delete one that you no longer need.' };
  return { what: 'file_bytes', remedy: `Send at most ${left} bytes, or delete files that you no longer need.` };
}
