import type { Queryable } from '@kumiki/postgres';
import type { Item } from '../answer/response-object.ts';

/**
 * Puts items at the end of a conversation; the row's lock keeps those of one caller together. Call it inside a
 * transaction. @returns how many items the conversation has then; null when there is no such conversation.
 */
export async function appendItems(
  transaction: Queryable,
  project: string,
  conversationId: string,
  items: readonly Item[],
): Promise<number | null> {
  const { rows } = await transaction.query<{ next_position: number; item_count: number }>(
    `UPDATE conversations.conversations
     SET next_position = next_position + $3, item_count = item_count + $3
     WHERE id = $1 AND project = $2 RETURNING next_position, item_count`,
    [conversationId, project, items.length],
  );
  const row = rows[0];
  if (row === undefined) return null;
  if (items.length > 0) {
    await transaction.query(
      `INSERT INTO conversations.items (conversation_id, position, id, item)
       SELECT $1, $2 + ordinal, id, item::json
       FROM unnest($3::text[], $4::text[]) WITH ORDINALITY AS given (id, item, ordinal)`,
      [
        conversationId,
        row.next_position - items.length,
        items.map(({ id }) => id),
        items.map((item) => JSON.stringify(item)),
      ],
    );
  }
  return row.item_count;
}
