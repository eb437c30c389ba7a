import type { CreateResponse } from '@kumiki/api';
import type { Queryable } from '@kumiki/postgres';
import type { Item, ResponseObject } from '../answer/response-object.ts';
import { maxChainLength, maxContextItems } from '../limits.ts';

/** Whose items come before a request's own. */
export type ContextOf = Pick<CreateResponse, 'previous_response_id' | 'conversation'>;

/**
 * The items that come before a request's own, oldest first: those of its conversation, or inputs and outputs of all the
 * responses before it. A response that was deleted ends its chain.
 */
export async function loadContext(database: Queryable, project: string, request: ContextOf): Promise<Item[]> {
  const conversation = conversationIdOf(request);
  if (conversation !== null) return loadConversation(database, project, conversation);
  if (request.previous_response_id == null) return [];
  const { rows } = await database.query<{ input: Item[]; response: ResponseObject }>(
    `WITH RECURSIVE chain AS (
       SELECT id, previous_response_id, 1 AS depth FROM conversations.responses WHERE id = $1 AND project = $2
       UNION ALL
       SELECT r.id, r.previous_response_id, chain.depth + 1
       FROM chain JOIN conversations.responses AS r ON r.id = chain.previous_response_id
       WHERE r.project = $2 AND chain.depth < $3)
     SELECT r.input, r.response FROM chain JOIN conversations.responses AS r USING (id) ORDER BY chain.depth DESC`,
    [request.previous_response_id, project, maxChainLength],
  );
  return rows.flatMap(({ input, response }) => [...input, ...response.output]).slice(-maxContextItems);
}

async function loadConversation(database: Queryable, project: string, id: string): Promise<Item[]> {
  const { rows } = await database.query<{ item: Item }>(
    `SELECT i.item FROM conversations.items AS i JOIN conversations.conversations AS c ON c.id = i.conversation_id
     WHERE c.id = $1 AND c.project = $2 ORDER BY i.position DESC LIMIT $3`,
    [id, project, maxContextItems],
  );
  return rows.map(({ item }) => item).toReversed();
}

export function conversationIdOf({ conversation }: ContextOf): string | null {
  return typeof conversation === 'string' ? conversation : (conversation?.id ?? null);
}
