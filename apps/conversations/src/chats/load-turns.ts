import type { ReadChat, Turn } from '@kumiki/api';
import type { Queryable } from '@kumiki/postgres';
import type { Item } from '../answer/response-object.ts';
import { choosePage } from '../http/paging.ts';
import { framesOf, showRow, type StoredResponse } from '../runs/show-row.ts';
import { turnNotFound } from './chat-rows.ts';

interface TurnRow extends StoredResponse {
  readonly id: string;
  readonly previous: string | null;
  readonly created_at: number;
  readonly input: readonly Item[];
  readonly queued_ms: number | null;
  readonly first_token_ms: number | null;
  readonly total_ms: number | null;
}

/** SQL for the milliseconds from a run's acceptance to one of its timestamps. */
function since(column: string): string {
  return `(extract(epoch FROM r.${column} - r.accepted_at) * 1000)::float8`;
}

/** Upper estimate of a turn's bytes as JSON; higher while it is being written. */
const bytesOfTurn = `octet_length(r.input::text) + octet_length(r.response::text)
  + CASE WHEN r.ended_at IS NULL THEN octet_length(COALESCE(r.prepared, 'null')::text) + COALESCE((
      SELECT sum(octet_length(f.frames)) FROM conversations.response_frames AS f WHERE f.response_id = r.id), 0)
    ELSE 0 END`;

/**
 * A page of a chat's turns in the order in which they began. The caller must have checked that the chat is its own.
 * Throws KumikiError when the chat has no turn with the id in `after`.
 */
export async function loadTurns(
  database: Queryable,
  chatId: string,
  { after, limit }: ReadChat,
): Promise<{ readonly turns: readonly Turn[]; readonly hasMore: boolean }> {
  const { rows: found } = await database.query<{ id: string; bytes: number }>(
    `WITH start AS (
       SELECT r.accepted_at, r.id FROM conversations.chat_responses AS m
       JOIN conversations.responses AS r ON r.id = m.response_id WHERE m.chat_id = $1 AND r.id = $2)
     SELECT r.id, (${bytesOfTurn})::float8 AS bytes
     FROM (
       SELECT r.id AS response_id FROM conversations.chat_responses AS m
       JOIN conversations.responses AS r ON r.id = m.response_id
       WHERE m.chat_id = $1 AND ($2::text IS NULL OR (r.accepted_at, r.id) > (SELECT accepted_at, id FROM start))
       ORDER BY r.accepted_at, r.id LIMIT $3) AS page
     JOIN conversations.responses AS r ON r.id = page.response_id ORDER BY r.accepted_at, r.id`,
    [chatId, after ?? null, limit + 1],
  );
  if (found.length === 0 && after !== undefined) await requireTurn(database, chatId, after);
  const sizes = found.map(({ bytes }) => bytes);
  const shown = found.slice(0, choosePage(sizes, limit));
  const turns = await readTurns(
    database,
    chatId,
    shown.map(({ id }) => id),
  );
  return { turns, hasMore: found.length > shown.length };
}

async function requireTurn(database: Queryable, chatId: string, id: string): Promise<void> {
  const { rows } = await database.query(
    'SELECT 1 FROM conversations.chat_responses WHERE chat_id = $1 AND response_id = $2',
    [chatId, id],
  );
  if (rows.length === 0) throw turnNotFound(id, 'after');
}

async function readTurns(database: Queryable, chatId: string, ids: readonly string[]): Promise<Turn[]> {
  // One statement, for a consistent view of running turns: their frames and their last event.
  const { rows } = await database.query<TurnRow>(
    `SELECT r.id, before.response_id AS previous, floor(extract(epoch FROM r.created_at))::bigint AS created_at,
       r.input, r.status, r.ended_at IS NOT NULL AS ended, r.request, r.response, r.prepared, r.last_seq,
       ${framesOf('r')} AS frames, ${since('begun_at')} AS queued_ms, ${since('first_token_at')} AS first_token_ms,
       ${since('ended_at')} AS total_ms
     FROM conversations.responses AS r
     LEFT JOIN conversations.chat_responses AS before
       ON before.chat_id = $1 AND before.response_id = r.previous_response_id
     WHERE r.id = ANY($2::text[]) ORDER BY r.accepted_at, r.id`,
    [chatId, ids],
  );
  const turns: Turn[] = [];
  for (const row of rows) turns.push(await showTurn(row));
  return turns;
}

async function showTurn(row: TurnRow): Promise<Turn> {
  const { response, lastSequence } = await showRow(row);
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
