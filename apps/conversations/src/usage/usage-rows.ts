import { KumikiError, type ProjectLimitName } from '@kumiki/api';
import { judgeQuota } from '@kumiki/policy';
import { countsLock, lockCounts, type Queryable } from '@kumiki/postgres';
import type { Caller } from '@kumiki/service';

/** A project's usage of the limits, as triggers count it. */
export interface Usage {
  /** Conversations and chats. */
  readonly conversations: number;
  readonly conversation_bytes: number;
  readonly open_responses: number;
  readonly open_batches: number;
}

const table = 'conversations.usage';

/** SQL that locks what a project has until the transaction ends: a row with `bytes`, `open_responses` and others. */
export const usageLock = (project: string): string => countsLock(table, project);

interface Counts extends Omit<Usage, 'conversation_bytes'> {
  readonly bytes: number;
}

const nothing: Counts = { conversations: 0, bytes: 0, open_responses: 0, open_batches: 0 };

function toUsage({ conversations, bytes, open_responses, open_batches }: Counts): Usage {
  return { conversations, conversation_bytes: bytes, open_responses, open_batches };
}

export async function readUsage(database: Queryable, project: string): Promise<Usage> {
  const { rows } = await database.query<Counts>(`SELECT * FROM ${table} WHERE project = $1`, [project]);
  return toUsage(rows[0] ?? nothing);
}

const words = {
  conversations: ['conversations and chats', 'Delete some that nobody needs.'],
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
  if (needed <= 0 || judgeQuota({ limit, used, needed }) === null) return;
  const [what, remedy] = words[name];
  throw new KumikiError('quota_exceeded', { project, limit, what, used, needed, remedy });
}

/**
 * Locks the counts of a project, and throws KumikiError when the addition would exceed its limits. Call it in the
 * transaction that adds, after all other rows that the transaction changes are locked.
 */
export async function requireRoom(
  transaction: Queryable,
  caller: Pick<Caller, 'project' | 'limits'>,
  needed: Partial<Usage>,
): Promise<void> {
  const used = toUsage(await lockCounts<Counts>(transaction, table, caller.project));
  for (const name of Object.keys(words) as (keyof typeof words)[]) {
    requireWithin(caller, name, used[name], needed[name] ?? 0);
  }
}
