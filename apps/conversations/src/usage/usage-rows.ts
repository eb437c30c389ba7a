import { KumikiError, type ProjectLimitName } from '@kumiki/api';
import type { Queryable } from '@kumiki/postgres';
import type { Caller } from '@kumiki/service';

/** A project's usage of the limits. */
export interface Usage {
  readonly conversations: number;
  readonly conversation_bytes: number;
  readonly open_responses: number;
  readonly open_batches: number;
}

/** SQL for the responses of a project that have not ended, from two small indexes. */
export const openResponsesOf = (project: string): string =>
  `((SELECT count(*) FROM conversations.responses WHERE project = ${project} AND ended_at IS NULL AND lease_owner IS NULL)
  + (SELECT count(*) FROM conversations.responses WHERE project = ${project} AND ended_at IS NULL AND lease_owner IS NOT NULL))`;

/** SQL for the batches of a project that have not ended. */
export const openBatchesOf = (project: string): string =>
  `(SELECT count(*) FROM conversations.batches WHERE project = ${project}
    AND status IN ('validating', 'in_progress', 'finalizing', 'cancelling'))`;

/** SQL for the bytes that a project has stored. */
export const storedBytesOf = (project: string): string =>
  `COALESCE((SELECT bytes FROM conversations.usage WHERE project = ${project}), 0)`;

export async function readUsage(database: Queryable, project: string): Promise<Usage> {
  const { rows } = await database.query<Usage>(
    `SELECT COALESCE((SELECT conversations FROM conversations.usage WHERE project = $1), 0) AS conversations,
       ${storedBytesOf('$1')} AS conversation_bytes, ${openResponsesOf('$1')} AS open_responses,
       ${openBatchesOf('$1')} AS open_batches`,
    [project],
  );
  return rows[0] ?? { conversations: 0, conversation_bytes: 0, open_responses: 0, open_batches: 0 };
}

const words = {
  conversations: ['conversations', 'Delete some that nobody needs.'],
  conversation_bytes: ['bytes of conversations, responses and chats', 'Delete some that nobody needs.'],
  open_responses: ['responses that have not ended', 'Wait until some have ended, or cancel them.'],
  open_batches: ['batches that have not ended', 'Wait until some have ended, or cancel them.'],
} as const satisfies Partial<Record<ProjectLimitName, readonly [string, string]>>;

/** Throws KumikiError when a project would exceed a limit. */
export function requireWithin(
  { project, limits }: Pick<Caller, 'project' | 'limits'>,
  name: keyof typeof words,
  used: number,
  needed: number,
): void {
  const limit = limits[name];
  if (needed <= 0 || used + needed <= limit) return;
  const [what, remedy] = words[name];
  throw new KumikiError('quota_exceeded', { project, limit, what, used, needed, remedy });
}

/** Throws KumikiError when an addition would exceed a project's limits. */
export async function requireRoom(
  database: Queryable,
  caller: Pick<Caller, 'project' | 'limits'>,
  needed: { readonly conversations?: number; readonly bytes: number },
): Promise<void> {
  const { rows } = await database.query<{ conversations: number; bytes: number }>(
    'SELECT conversations, bytes FROM conversations.usage WHERE project = $1',
    [caller.project],
  );
  const used = rows[0] ?? { conversations: 0, bytes: 0 };
  requireWithin(caller, 'conversations', used.conversations, needed.conversations ?? 0);
  requireWithin(caller, 'conversation_bytes', used.bytes, needed.bytes);
}
