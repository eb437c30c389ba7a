import type { Queryable } from '@kumiki/postgres';
import type { JsonText } from '../http/paging.ts';

/** A conversation as the API shows it. */
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

/** Keeps others from changing a conversation until the transaction ends. @returns whether there is one. */
export async function lockConversation(transaction: Queryable, project: string, id: string): Promise<boolean> {
  const { rows } = await transaction.query(
    'SELECT 1 FROM conversations.conversations WHERE id = $1 AND project = $2 FOR NO KEY UPDATE',
    [id, project],
  );
  return rows.length > 0;
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

/** Deletes a conversation with its items. @returns whether it existed. */
export async function deleteConversation(database: Queryable, project: string, id: string): Promise<boolean> {
  const { rows } = await database.query(
    'DELETE FROM conversations.conversations WHERE id = $1 AND project = $2 RETURNING id',
    [id, project],
  );
  return rows.length > 0;
}

/** An item as stored; null when the conversation has none with that id. */
export async function findItem(
  database: Queryable,
  project: string,
  conversationId: string,
  itemId: string,
): Promise<JsonText | null> {
  const { rows } = await database.query<JsonText>(
    `SELECT i.id, i.item::text AS text FROM conversations.items AS i
     JOIN conversations.conversations AS c ON c.id = i.conversation_id
     WHERE c.id = $1 AND c.project = $2 AND i.id = $3`,
    [conversationId, project, itemId],
  );
  return rows[0] ?? null;
}

/** The position of an item; null when the conversation has none with that id. */
export async function findPosition(
  database: Queryable,
  project: string,
  conversationId: string,
  itemId: string,
): Promise<number | null> {
  const { rows } = await database.query<{ position: number }>(
    `SELECT i.position FROM conversations.items AS i
     JOIN conversations.conversations AS c ON c.id = i.conversation_id
     WHERE c.id = $1 AND c.project = $2 AND i.id = $3`,
    [conversationId, project, itemId],
  );
  return rows[0]?.position ?? null;
}

/** The position and size of an item. */
export interface ItemPlace {
  readonly position: number;
  readonly bytes: number;
}

/** The places of items after a position; without one, from the beginning or the end. */
export async function listPlaces(
  database: Queryable,
  project: string,
  conversationId: string,
  page: { readonly order: 'asc' | 'desc'; readonly limit: number },
  afterPosition: number | null,
): Promise<readonly ItemPlace[]> {
  const [compare, order] = page.order === 'asc' ? ['>', 'ASC'] : ['<', 'DESC'];
  const { rows } = await database.query<ItemPlace>(
    `SELECT i.position, COALESCE(i.bytes, octet_length(i.item::text)) AS bytes FROM conversations.items AS i
     JOIN conversations.conversations AS c ON c.id = i.conversation_id
     WHERE c.id = $1 AND c.project = $2 AND ($3::bigint IS NULL OR i.position ${compare} $3::bigint)
     ORDER BY i.position ${order} LIMIT $4`,
    [conversationId, project, afterPosition, page.limit],
  );
  return rows;
}

/** The items at these places, in their order. The caller must have checked that the conversation is its own. */
export async function readItems(
  database: Queryable,
  conversationId: string,
  places: readonly ItemPlace[],
): Promise<readonly JsonText[]> {
  if (places.length === 0) return [];
  const { rows } = await database.query<JsonText>(
    `SELECT i.id, i.item::text AS text FROM unnest($2::bigint[]) WITH ORDINALITY AS place (position, ordinal)
     JOIN conversations.items AS i ON i.conversation_id = $1 AND i.position = place.position ORDER BY place.ordinal`,
    [conversationId, places.map(({ position }) => position)],
  );
  return rows;
}

/** @returns whether the item existed. */
export async function deleteItem(
  database: Queryable,
  project: string,
  conversationId: string,
  itemId: string,
): Promise<boolean> {
  const { rows } = await database.query(
    `WITH gone AS (
       DELETE FROM conversations.items AS i USING conversations.conversations AS c
       WHERE c.id = i.conversation_id AND c.id = $1 AND c.project = $2 AND i.id = $3
       RETURNING COALESCE(i.bytes, octet_length(i.item::text)) AS bytes)
     UPDATE conversations.conversations AS c SET item_count = item_count - 1, bytes = greatest(c.bytes - gone.bytes, 0)
     FROM gone WHERE c.id = $1 AND c.project = $2 RETURNING c.id`,
    [conversationId, project, itemId],
  );
  return rows.length > 0;
}
