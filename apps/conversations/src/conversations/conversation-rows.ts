import type { Queryable } from '@kumiki/postgres';
import type { Item } from '../answer/response-object.ts';
import { type ItemList, itemList, type Page } from '../http/paging.ts';

/** A conversation as it is shown. */
export interface ConversationObject {
  readonly id: string;
  readonly object: 'conversation';
  readonly created_at: number;
  readonly metadata: Readonly<Record<string, string>>;
}

type Metadata = Readonly<Record<string, string>>;

interface Row {
  readonly id: string;
  readonly created_at: number;
  readonly metadata: Metadata;
}

const columns = 'id, floor(extract(epoch FROM created_at))::bigint AS created_at, metadata';

function show(row: Row | undefined): ConversationObject | null {
  if (row === undefined) return null;
  return { id: row.id, object: 'conversation', created_at: row.created_at, metadata: row.metadata };
}

export async function insertConversation(
  database: Queryable,
  project: string,
  id: string,
  metadata: Metadata,
): Promise<ConversationObject | null> {
  const { rows } = await database.query<Row>(
    `INSERT INTO conversations.conversations (id, project, metadata, expires_at)
     VALUES ($1, $2, $3::json, now() + (SELECT conversation_days FROM conversations.retention WHERE project = $2)
       * interval '1 day')
     RETURNING ${columns}`,
    [id, project, JSON.stringify(metadata)],
  );
  return show(rows[0]);
}

export async function findConversation(
  database: Queryable,
  project: string,
  id: string,
): Promise<ConversationObject | null> {
  const { rows } = await database.query<Row>(
    `SELECT ${columns} FROM conversations.conversations WHERE id = $1 AND project = $2`,
    [id, project],
  );
  return show(rows[0]);
}

export async function updateConversation(
  database: Queryable,
  project: string,
  id: string,
  metadata: Metadata,
): Promise<ConversationObject | null> {
  const { rows } = await database.query<Row>(
    `UPDATE conversations.conversations SET metadata = $3::json WHERE id = $1 AND project = $2 RETURNING ${columns}`,
    [id, project, JSON.stringify(metadata)],
  );
  return show(rows[0]);
}

/** Deletes a conversation with its items. @returns whether there was one. */
export async function deleteConversation(database: Queryable, project: string, id: string): Promise<boolean> {
  const { rows } = await database.query(
    'DELETE FROM conversations.conversations WHERE id = $1 AND project = $2 RETURNING id',
    [id, project],
  );
  return rows.length > 0;
}

export async function findItem(
  database: Queryable,
  project: string,
  conversationId: string,
  itemId: string,
): Promise<{ readonly position: number; readonly item: Item } | null> {
  const { rows } = await database.query<{ position: number; item: Item }>(
    `SELECT i.position, i.item FROM conversations.items AS i
     JOIN conversations.conversations AS c ON c.id = i.conversation_id
     WHERE c.id = $1 AND c.project = $2 AND i.id = $3`,
    [conversationId, project, itemId],
  );
  return rows[0] ?? null;
}

/** Items from a position on, that one left out; from the end or the beginning without one. */
export async function listItems(
  database: Queryable,
  project: string,
  conversationId: string,
  page: Page,
  afterPosition: number | null,
): Promise<ItemList> {
  const [compare, order] = page.order === 'asc' ? ['>', 'ASC'] : ['<', 'DESC'];
  const { rows } = await database.query<{ item: Item }>(
    `SELECT i.item FROM conversations.items AS i
     JOIN conversations.conversations AS c ON c.id = i.conversation_id
     WHERE c.id = $1 AND c.project = $2 AND ($3::bigint IS NULL OR i.position ${compare} $3::bigint)
     ORDER BY i.position ${order} LIMIT $4`,
    [conversationId, project, afterPosition, page.limit + 1],
  );
  const items = rows.map(({ item }) => item);
  return itemList(items.slice(0, page.limit), items.length > page.limit);
}

/** @returns whether there was such an item. */
export async function deleteItem(
  database: Queryable,
  project: string,
  conversationId: string,
  itemId: string,
): Promise<boolean> {
  const { rows } = await database.query(
    `WITH gone AS (
       DELETE FROM conversations.items AS i USING conversations.conversations AS c
       WHERE c.id = i.conversation_id AND c.id = $1 AND c.project = $2 AND i.id = $3 RETURNING i.id)
     UPDATE conversations.conversations SET item_count = item_count - 1
     WHERE id = $1 AND project = $2 AND EXISTS (SELECT 1 FROM gone) RETURNING id`,
    [conversationId, project, itemId],
  );
  return rows.length > 0;
}
