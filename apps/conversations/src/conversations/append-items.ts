import { KumikiError } from '@kumiki/api';
import type { Queryable } from '@kumiki/postgres';
import type { Item } from '../answer/response-object.ts';
import type { JsonText } from '../http/paging.ts';

/** Most items of one conversation. */
const maxConversationItems = 20_000;
/** Most bytes of a conversation's items as JSON. */
const maxConversationBytes = 536_870_912;

/** The size of a conversation. */
export interface ConversationSize {
  readonly items: number;
  readonly bytes: number;
}

/** An item in stored form, measured once: that takes milliseconds for megabytes. */
export interface WrittenItem extends JsonText {
  readonly bytes: number;
}

export function writeItems(items: readonly Item[]): WrittenItem[] {
  return items.map((item) => {
    const text = JSON.stringify(item);
    return { id: item.id, text, bytes: Buffer.byteLength(text) };
  });
}

export function bytesOf(items: readonly WrittenItem[]): number {
  return items.reduce((sum, { bytes }) => sum + bytes, 0);
}

/**
 * Appends items to a conversation; the row's lock keeps those of one call together. Call it inside a transaction.
 * @returns the new size; null when there is no such conversation.
 */
export async function appendItems(
  transaction: Queryable,
  project: string,
  conversationId: string,
  items: readonly WrittenItem[],
): Promise<ConversationSize | null> {
  const sizes = items.map(({ bytes }) => bytes);
  const { rows } = await transaction.query<{ next_position: number; item_count: number; bytes: number }>(
    `UPDATE conversations.conversations
     SET next_position = next_position + $3, item_count = item_count + $3, bytes = bytes + $4
     WHERE id = $1 AND project = $2 RETURNING next_position, item_count, bytes`,
    [conversationId, project, items.length, bytesOf(items)],
  );
  const row = rows[0];
  if (row === undefined) return null;
  if (items.length > 0) {
    await transaction.query(
      `INSERT INTO conversations.items (conversation_id, position, id, item, bytes)
       SELECT $1, $2 + ordinal, id, convert_from(substring($4::bytea FROM first FOR bytes), 'UTF8')::json, bytes
       FROM unnest($3::text[], $5::int[], $6::int[]) WITH ORDINALITY AS given (id, first, bytes, ordinal)`,
      [
        conversationId,
        row.next_position - items.length,
        items.map(({ id }) => id),
        // One run of bytes: the driver writes an array of texts with two regular expressions, which takes seconds for megabytes of
        // quotes.
        Buffer.from(items.map(({ text }) => text).join('')),
        startsOf(sizes),
        sizes,
      ],
    );
  }
  return { items: row.item_count, bytes: row.bytes };
}

/** Where each part begins among bytes in a row; the first byte is 1, as in SQL. */
function startsOf(sizes: readonly number[]): number[] {
  let next = 1;
  return sizes.map((size) => {
    const start = next;
    next += size;
    return start;
  });
}

/** Throws KumikiError when a conversation's size exceeds the limits. */
export function requireConversationSize({ items, bytes }: ConversationSize, param: string): void {
  if (items <= maxConversationItems && bytes <= maxConversationBytes) return;
  const reason =
    items > maxConversationItems
      ? `the conversation would have ${items} items and the limit is ${maxConversationItems}; begin another`
      : `the conversation would have ${bytes} bytes and the limit is ${maxConversationBytes}; begin another`;
  throw new KumikiError('invalid_value', { param, reason });
}
