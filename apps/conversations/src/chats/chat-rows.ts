import type { Chat, ChatSettings, CreateChat, ListChats, UpdateChat } from '@kumiki/api';
import { KumikiError } from '@kumiki/api';
import type { Queryable } from '@kumiki/postgres';
import type { Caller } from '@kumiki/service';
import { choosePage } from '../http/paging.ts';
import { newId } from '../ids/new-id.ts';
import { foldTitle, foldWords } from './fold-title.ts';

/** The owner of chats: one key in its project. */
export type ChatOwner = Pick<Caller, 'project' | 'keyId'>;

interface ChatRow {
  readonly id: string;
  readonly title: string;
  readonly pinned: boolean;
  readonly settings: ChatSettings;
  readonly current_response_id: string | null;
  readonly created_at: number;
  readonly updated_at: number;
  readonly running: number;
}

/**
 * Few responses are open at any time, so running turns are counted from the open responses and not by scanning the
 * turns of every chat.
 */
const openOfChats = `open_turns AS MATERIALIZED (
  SELECT m.chat_id FROM conversations.responses AS r
  JOIN conversations.chat_responses AS m ON m.response_id = r.id
  WHERE r.ended_at IS NULL AND r.project = $1 AND r.key_id = $2)`;

const columns = `c.id, c.title, c.pinned, c.settings,
  (SELECT response_id FROM conversations.chat_responses
   WHERE chat_id = c.id AND response_id = c.current_response_id) AS current_response_id,
  floor(extract(epoch FROM c.created_at))::bigint AS created_at,
  floor(extract(epoch FROM c.updated_at))::bigint AS updated_at,
  (SELECT count(*) FROM open_turns WHERE chat_id = c.id)::int AS running`;

export async function insertChat(
  database: Queryable,
  owner: ChatOwner,
  chat: CreateChat & { readonly current_response_id?: string },
): Promise<string> {
  const id = newId('chat');
  const title = chat.title ?? '';
  await database.query(
    `INSERT INTO conversations.chats (id, project, key_id, title, folded_title, settings, current_response_id, bytes)
     VALUES ($1, $2, $3, $4, $5, $6::json, $7, octet_length($4::text) + octet_length($6::text))`,
    [
      id,
      owner.project,
      owner.keyId,
      title,
      foldTitle(title),
      JSON.stringify(chat.settings ?? {}),
      chat.current_response_id ?? null,
    ],
  );
  return id;
}

/** Throws KumikiError when the key has no such chat. A chat of another key is not distinguished from a missing one. */
export async function readChat(database: Queryable, owner: ChatOwner, id: string): Promise<Chat> {
  const { rows } = await database.query<ChatRow>(
    `WITH ${openOfChats} SELECT ${columns} FROM conversations.chats AS c
     WHERE c.project = $1 AND c.key_id = $2 AND c.id = $3`,
    [owner.project, owner.keyId, id],
  );
  const row = rows[0];
  if (row === undefined) throw chatNotFound(id);
  return { object: 'kumiki.chat', ...row };
}

/** Chats of a key, the one with the newest turn first. */
export async function listChats(
  database: Queryable,
  owner: ChatOwner,
  { limit, after, query, pinned }: ListChats,
): Promise<{ readonly chats: readonly Chat[]; readonly hasMore: boolean }> {
  if (after !== undefined) await readChat(database, owner, after);
  const { rows: found } = await database.query<{ id: string; bytes: number }>(
    `SELECT c.id, c.bytes FROM conversations.chats AS c
     WHERE c.project = $1 AND c.key_id = $2 AND ($3::boolean IS NULL OR c.pinned = $3)
       AND ($4::text IS NULL
         OR (c.updated_at, c.id) < (SELECT a.updated_at, a.id FROM conversations.chats AS a WHERE a.id = $4))
       AND NOT EXISTS (SELECT 1 FROM unnest($5::text[]) AS word WHERE strpos(c.folded_title, word) = 0)
     ORDER BY c.updated_at DESC, c.id DESC LIMIT $6`,
    [
      owner.project,
      owner.keyId,
      pinned === undefined ? null : pinned === 'true',
      after ?? null,
      foldWords(query ?? ''),
      limit + 1,
    ],
  );
  const sizes = found.map(({ bytes }) => bytes);
  const shown = found.slice(0, choosePage(sizes, limit));
  const { rows } = await database.query<ChatRow>(
    `WITH ${openOfChats} SELECT ${columns} FROM conversations.chats AS c
     WHERE c.project = $1 AND c.key_id = $2 AND c.id = ANY($3::text[]) ORDER BY c.updated_at DESC, c.id DESC`,
    [owner.project, owner.keyId, shown.map(({ id }) => id)],
  );
  const chats = rows.map((row): Chat => ({ object: 'kumiki.chat', ...row }));
  return { chats, hasMore: found.length > shown.length };
}

/** Changes the given members. Throws KumikiError when there is no such chat, or it has no such turn. */
export async function updateChat(database: Queryable, owner: ChatOwner, id: string, change: UpdateChat): Promise<void> {
  const { title, pinned, settings, current_response_id: current } = change;
  const { count } = await database.query(
    `UPDATE conversations.chats AS c
     SET title = COALESCE($4, title), folded_title = COALESCE($5, folded_title), pinned = COALESCE($6, pinned),
         settings = COALESCE($7::json, settings),
         bytes = octet_length(COALESCE($4, title)) + octet_length(COALESCE($7::text, settings::text)), current_response_id = COALESCE($8, current_response_id)
     WHERE c.project = $1 AND c.key_id = $2 AND c.id = $3 AND ($8::text IS NULL OR EXISTS (
       SELECT 1 FROM conversations.chat_responses AS m WHERE m.chat_id = c.id AND m.response_id = $8))`,
    [
      owner.project,
      owner.keyId,
      id,
      title ?? null,
      title === undefined ? null : foldTitle(title),
      pinned ?? null,
      settings === undefined ? null : JSON.stringify(settings),
      current ?? null,
    ],
  );
  if (count > 0) return;
  await readChat(database, owner, id);
  throw turnNotFound(current ?? '', 'current_response_id');
}

export function chatNotFound(id: string, param?: string): KumikiError {
  return new KumikiError('not_found', { what: 'chat', id }, param === undefined ? {} : { param });
}

export function turnNotFound(id: string, param: string): KumikiError {
  return new KumikiError('not_found', { what: 'turn', id }, { param });
}
