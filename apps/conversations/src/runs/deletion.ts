/**
 * The common table expressions of a statement that deletes responses; `gone` contains those that existed. A chat whose
 * current turn is deleted falls back to the turn before it. Chats are locked first, in the same order as when a chat is
 * deleted.
 * @param which SQL condition on the row.
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
