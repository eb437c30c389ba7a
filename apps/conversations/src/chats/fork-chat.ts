import type { ForkChat } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import type { Caller } from '@kumiki/service';
import { requireRoom } from '../usage/usage-rows.ts';
import { type ChatOwner, insertChat, readChat, turnNotFound } from './chat-rows.ts';
import { chooseTurns, type TurnLink } from './choose-turns.ts';
import { lockChat } from './delete-chat.ts';

/**
 * A new chat that shares turns of another: the same responses, not copies. Throws KumikiError when the key has no such
 * chat, the chat no such turn, or the project no room for another. @returns its id.
 */
export function forkChat(
  database: Database,
  owner: ChatOwner & Pick<Caller, 'limits'>,
  id: string,
  fork: ForkChat,
): Promise<string> {
  return database.transaction(async (transaction) => {
    await lockChat(transaction, owner, id, 'SHARE');
    // The responses may be deleted concurrently. This locks those that still exist until the fork contains them too, in
    // the order that deletions use.
    await transaction.query(
      `SELECT 1 FROM conversations.responses
       WHERE id IN (SELECT response_id FROM conversations.chat_responses WHERE chat_id = $1) ORDER BY id FOR KEY SHARE`,
      [id],
    );
    const source = await readChat(transaction, owner, id);
    const { rows } = await transaction.query<TurnLink>(
      `SELECT m.response_id AS id, before.response_id AS previous
       FROM conversations.chat_responses AS m
       JOIN conversations.responses AS r ON r.id = m.response_id
       LEFT JOIN conversations.chat_responses AS before
         ON before.chat_id = m.chat_id AND before.response_id = r.previous_response_id
       WHERE m.chat_id = $1 ORDER BY r.accepted_at, r.id`,
      [id],
    );
    const chosen = chooseTurns(rows, source.current_response_id, fork);
    if (chosen === null) throw turnNotFound(fork.response_id, 'response_id');
    const { title, settings } = source;
    const size = Buffer.byteLength(title) + Buffer.byteLength(JSON.stringify(settings));
    await requireRoom(transaction, owner, { conversations: 1, conversation_bytes: size });
    const made = await insertChat(transaction, owner, { title, settings, current_response_id: chosen.current });
    await transaction.query(
      `INSERT INTO conversations.chat_responses (chat_id, response_id) SELECT $1, id FROM unnest($2::text[]) AS id`,
      [made, chosen.ids],
    );
    return made;
  });
}
