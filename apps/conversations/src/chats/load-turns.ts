import type { Turn } from '@kumiki/api';
import type { Queryable } from '@kumiki/postgres';
import type { Item } from '../answer/response-object.ts';
import { framesOf, showRow, type StoredResponse } from '../responses/show-row.ts';

interface TurnRow extends StoredResponse {
  readonly id: string;
  readonly previous: string | null;
  readonly created_at: number;
  readonly input: readonly Item[];
  readonly queued_ms: number | null;
  readonly first_token_ms: number | null;
  readonly total_ms: number | null;
}

/** Milliseconds from when a run was accepted to one of its instants. */
function since(column: string): string {
  return `(extract(epoch FROM r.${column} - r.accepted_at) * 1000)::float8`;
}

/** The turns of a chat in the order in which they began. The caller has found the chat to be its own. */
export async function loadTurns(database: Queryable, chatId: string): Promise<Turn[]> {
  // One statement, so that what is written now is seen at one instant: its frames, and the last event that they gave.
  const { rows } = await database.query<TurnRow>(
    `SELECT r.id, before.response_id AS previous, floor(extract(epoch FROM r.created_at))::bigint AS created_at,
       r.input, r.status, r.ended_at IS NOT NULL AS ended, r.request, r.response, r.prepared, r.last_seq,
       ${framesOf('r')} AS frames, ${since('begun_at')} AS queued_ms, ${since('first_token_at')} AS first_token_ms,
       ${since('ended_at')} AS total_ms
     FROM conversations.chat_responses AS m
     JOIN conversations.responses AS r ON r.id = m.response_id
     LEFT JOIN conversations.chat_responses AS before
       ON before.chat_id = m.chat_id AND before.response_id = r.previous_response_id
     WHERE m.chat_id = $1 ORDER BY r.accepted_at, r.id`,
    [chatId],
  );
  return rows.map(showTurn);
}

function showTurn(row: TurnRow): Turn {
  const { response, lastSequence } = showRow(row);
  return {
    response_id: row.id,
    previous_response_id: row.previous,
    created_at: row.created_at,
    input: [...row.input],
    response: response as unknown as Turn['response'],
    timing: { queued_ms: row.queued_ms, first_token_ms: row.first_token_ms, total_ms: row.total_ms },
    last_sequence: lastSequence,
  };
}
