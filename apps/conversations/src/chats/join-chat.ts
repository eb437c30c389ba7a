import { KumikiError, savedChatLimits } from '@kumiki/api';
import type { Queryable } from '@kumiki/postgres';
import type { Item } from '../answer/response-object.ts';
import { type ChatOwner, chatNotFound } from './chat-rows.ts';
import { lockChat } from './delete-chat.ts';
import { foldTitle } from './fold-title.ts';
import { titleOfInput } from './title-of-input.ts';

const param = 'metadata.kumiki_chat';

/**
 * Stores a response as the newest turn of a chat. Throws KumikiError when the key has no such chat, or the chat may have no
 * more turns.
 * @param insert stores the response in the same transaction. It locks the counts of the project. The chat is locked before
 * that, because a transaction that changes a chat waits for the counts while it holds the chat.
 */
export async function joinChat<Stored>(
  transaction: Queryable,
  owner: ChatOwner,
  chatId: string,
  response: { readonly id: string; readonly input: readonly Item[] },
  insert: () => Promise<Stored>,
): Promise<Stored> {
  await lockChat(transaction, owner, chatId, 'UPDATE', param);
  const stored = await insert();
  const title = titleOfInput(response.input);
  const { rows } = await transaction.query<{ turns: number }>(
    `UPDATE conversations.chats AS c
     SET current_response_id = $4, updated_at = now(),
         title = CASE WHEN title = '' THEN $5 ELSE title END,
         folded_title = CASE WHEN title = '' THEN $6 ELSE folded_title END
     WHERE c.project = $1 AND c.key_id = $2 AND c.id = $3
     RETURNING (SELECT count(*) FROM conversations.chat_responses AS m WHERE m.chat_id = c.id)::int AS turns`,
    [owner.project, owner.keyId, chatId, response.id, title, foldTitle(title)],
  );
  const turns = rows[0]?.turns;
  if (turns === undefined) throw chatNotFound(chatId, param);
  if (turns >= savedChatLimits.turns) {
    const reason = `the chat has ${turns} turns, which is the limit; begin another, or fork it from a later turn`;
    throw new KumikiError('invalid_value', { param, reason });
  }
  await transaction.query('INSERT INTO conversations.chat_responses (chat_id, response_id) VALUES ($1, $2)', [
    chatId,
    response.id,
  ]);
  return stored;
}
