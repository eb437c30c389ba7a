import type { Database, Queryable } from '@kumiki/postgres';
import { noticeChannel, notices } from '../runs/notices.ts';
import { type ChatOwner, chatNotFound } from './chat-rows.ts';

/**
 * Deletes a chat, and the responses that no other chat contains, with all their data. Running ones stop, because their
 * drivers find the rows gone. Throws KumikiError when the key has no such chat.
 */
export function deleteChat(database: Database, owner: ChatOwner, id: string): Promise<void> {
  return database.transaction(async (transaction) => {
    await lockChat(transaction, owner, id, 'UPDATE');
    // Two chats that share responses may be deleted at the same time. Locking in one order makes one wait, so that the
    // later one sees that it is the last.
    const { rows } = await transaction.query<{ id: string }>(
      `SELECT id FROM conversations.responses
       WHERE id IN (SELECT response_id FROM conversations.chat_responses WHERE chat_id = $1) ORDER BY id FOR UPDATE`,
      [id],
    );
    await transaction.query('DELETE FROM conversations.chats WHERE id = $1', [id]);
    await transaction.query(
      `WITH gone AS (
         DELETE FROM conversations.responses AS r WHERE r.id = ANY($1::text[])
           AND NOT EXISTS (SELECT 1 FROM conversations.chat_responses AS m WHERE m.response_id = r.id)
         RETURNING r.id, r.ended_at)
       SELECT pg_notify('${noticeChannel}', $2 || id) FROM gone WHERE ended_at IS NULL`,
      [rows.map((row) => row.id), notices.stop('')],
    );
  });
}

/**
 * Locks a chat until the transaction ends: `SHARE` prevents deletion, `UPDATE` also new turns. Throws KumikiError when the
 * key has no such chat.
 */
export async function lockChat(
  transaction: Queryable,
  { project, keyId }: ChatOwner,
  id: string,
  mode: 'SHARE' | 'UPDATE',
  param?: string,
): Promise<void> {
  const { rows } = await transaction.query(
    `SELECT 1 FROM conversations.chats WHERE project = $1 AND key_id = $2 AND id = $3 FOR ${mode}`,
    [project, keyId, id],
  );
  if (rows.length === 0) throw chatNotFound(id, param);
}
