import {
  type AccountsItem,
  accountsItemSchema,
  type KeyRecord,
  type ProjectLimitsRecord,
  readStreamedKey,
  readStreamedSession,
  type SessionRecord,
} from '@kumiki/api';
import { z } from 'zod';

/** Most items of one whole: more than accounts keep, so that one that never ends fills no memory. */
const maxItems = 200_000;

/** Who may come in, as the stream of accounts tells it. */
export interface AccountsState {
  readonly keys: Map<string, KeyRecord>;
  readonly sessions: Map<string, SessionRecord>;
  readonly projectLimits: Map<string, ProjectLimitsRecord>;
}

export type AccountsPart = keyof AccountsState;

export function emptyState(): AccountsState {
  return { keys: new Map(), sessions: new Map(), projectLimits: new Map() };
}

/** The stream cannot be read by this version, or is not one. Another attempt would find the same. */
export class UnreadableStream extends Error {}

/**
 * Applies an item. @returns the part that it belongs to, null when its kind is not known here. Throws UnreadableStream
 * when it is not what its kind says, or when there are too many.
 */
export function applyItem(state: AccountsState, raw: unknown): AccountsPart | null {
  if (!isKnown(raw)) return null;
  const read = accountsItemSchema.safeParse(raw);
  if (!read.success) throw new UnreadableStream(`an item of it is not as it should be: ${z.prettifyError(read.error)}`);
  const item = read.data;
  const part = parts[item.kind];
  const map: Map<string, unknown> = state[part];
  const value = recordOf(item);
  if (value === null) map.delete(item.id);
  else map.set(item.id, value);
  if (map.size > maxItems) throw new UnreadableStream(`it has more than ${maxItems} items of a kind`);
  return part;
}

const parts = {
  key: 'keys',
  session: 'sessions',
  project_limits: 'projectLimits',
} as const satisfies Record<AccountsItem['kind'], AccountsPart>;

function isKnown(raw: unknown): boolean {
  return typeof raw === 'object' && raw !== null && 'kind' in raw && Object.hasOwn(parts, String(raw.kind));
}

function recordOf(item: AccountsItem): KeyRecord | SessionRecord | ProjectLimitsRecord | null {
  if (item.value === null) return null;
  if (item.kind === 'key') return readStreamedKey(item.value);
  if (item.kind === 'session') return readStreamedSession(item.value);
  return { project: item.id, limits: item.value };
}
