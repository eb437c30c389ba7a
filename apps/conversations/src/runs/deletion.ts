/**
 * The common table expressions of a statement that deletes responses, `gone` being those that were there. Chats that
 * look at one step back to what came before it; they are locked first, as whoever deletes a chat locks them.
 * @param which the condition on the row.
 */
export function deletionOf(which: string): string {
  return `
  going AS (
    SELECT id, previous_response_id FROM conversations.responses WHERE ${which}
  ), stepped AS (
    UPDATE conversations.chats AS c SET current_response_id = going.previous_response_id
    FROM going WHERE c.current_response_id = going.id RETURNING c.id
  ), gone AS (
    DELETE FROM conversations.responses WHERE ${which} AND (SELECT count(*) FROM stepped) >= 0 RETURNING id
  )`;
}
