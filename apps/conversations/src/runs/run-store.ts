import { type CreateResponse, KumikiError, type ProjectLimits } from '@kumiki/api';
import type { Database, Queryable } from '@kumiki/postgres';
import { leaseEnd } from '@kumiki/postgres/leased';
import type { ResponseEvent } from '../answer/response-event.ts';
import type { Item, ResponseObject } from '../answer/response-object.ts';
import { requireWithin, usageLock } from '../usage/usage-rows.ts';
import { deletionOf } from './deletion.ts';
import { noticeChannel, notices } from './notices.ts';
import { leaseMs } from './run-limits.ts';
import type { RunRecord } from './run.ts';

/** The route under which idempotency keys of responses are stored. */
export const responsesRoute = 'POST /v1/responses';

export interface NewRun {
  readonly id: string;
  readonly project: string;
  readonly keyId: string;
  readonly requestId: string;
  readonly traceparent: string | null;
  readonly request: CreateResponse;
  readonly input: readonly Item[];
  readonly response: ResponseObject;
  /** `created` and, in the background, `queued`. */
  readonly events: readonly ResponseEvent[];
  readonly conversationId: string | null;
  /** Whether it belongs to a chat, which keeps it as long as the chat exists. */
  readonly inChat: boolean;
  /** Used when the project has no retention setting. */
  readonly retentionDays: number;
  /** The limits of the project. */
  readonly limits: ProjectLimits;
  /** Open runs of the project on this replica that are not stored. */
  readonly unstored?: number;
}

const insertSql = `
WITH used AS (
  ${usageLock('$2')}
), stored AS (
  INSERT INTO conversations.responses (
    id, project, key_id, request_id, background, status, previous_response_id, conversation_id, request, input,
    response, created_at, accepted_at, expires_at, last_seq, fence, claims, lease_owner, lease_until,
    traceparent, bytes)
  SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9::json, $10::json, $11::json, to_timestamp($12), now(),
    CASE WHEN $18 THEN 'infinity' ELSE
      now() + COALESCE((SELECT response_days FROM conversations.retention WHERE project = $2), $13::int)
        * interval '1 day' END,
    $14, CASE WHEN $20 THEN 0 ELSE 1 END, CASE WHEN $20 THEN 0 ELSE 1 END, CASE WHEN $20 THEN NULL ELSE $15 END,
    ${leaseEnd('CASE WHEN $20 THEN 0 ELSE $16 END')}, $19, $21
  FROM used WHERE used.open_responses + $24 < $22 AND used.bytes + $21 <= $23
  RETURNING id
), logged AS (
  INSERT INTO conversations.response_events (response_id, first_seq, last_seq, fence, events)
  SELECT id, 0, $14, 1, $17 FROM stored
), told AS (
  SELECT pg_notify('${noticeChannel}', '${notices.released}') FROM stored WHERE $20
)
SELECT used.open_responses, used.bytes, EXISTS (SELECT 1 FROM stored) AS stored, (SELECT count(*) FROM told) FROM used`;

/**
 * Stores a run, either with this replica as its first driver, or waiting for any replica with capacity. Throws KumikiError
 * when the project's limit is reached. The counts of the project stay locked until the transaction ends, so concurrent
 * requests never exceed the limit.
 * @param waiting whether it waits.
 * @returns its bytes.
 */
export async function insertRun(
  database: Queryable,
  replica: string,
  run: NewRun,
  waiting: boolean = false,
): Promise<number> {
  const last = run.events.at(-1)?.sequence_number ?? 0;
  // The input is stored separately, as items.
  const request = JSON.stringify({ ...run.request, input: undefined });
  const input = JSON.stringify(run.input);
  const response = JSON.stringify(run.response);
  const events = run.events.map((event) => JSON.stringify(event)).join('\n');
  const bytes = [request, input, response, events].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const { rows } = await database.query<{ open_responses: number; bytes: number; stored: boolean }>(insertSql, [
    run.id,
    run.project,
    run.keyId,
    run.requestId,
    run.request.background === true,
    run.response.status,
    run.request.previous_response_id ?? null,
    run.conversationId,
    request,
    input,
    response,
    run.response.created_at,
    run.retentionDays,
    last,
    replica,
    leaseMs,
    events,
    run.inChat,
    run.traceparent,
    waiting,
    bytes,
    run.limits.open_responses,
    run.limits.conversation_bytes,
    run.unstored ?? 0,
  ]);
  const used = rows[0];
  if (used === undefined || used.stored) return bytes;
  requireWithin(run, 'open_responses', used.open_responses + (run.unstored ?? 0), 1);
  requireWithin(run, 'conversation_bytes', used.bytes, bytes);
  throw new KumikiError('service_unavailable', { reason: 'The response was not stored' }, { retryAfterMs: 1_000 });
}

/** Deletes a run that was refused before any client saw it, and frees its idempotency key. */
export async function discardRun(database: Database, run: Pick<RunRecord, 'id' | 'fence' | 'project'>): Promise<void> {
  await database.query(
    `WITH ${deletionOf('id = $1 AND fence = $2')}
     DELETE FROM conversations.idempotency_keys AS known USING gone
     WHERE known.project = $3 AND known.route = $4 AND known.resource_id = gone.id`,
    [run.id, run.fence, run.project, responsesRoute],
  );
}

/** The frames of the answer so far. */
export async function loadFrames(database: Queryable, id: string): Promise<string> {
  const { rows } = await database.query<{ frames: string }>(
    'SELECT frames FROM conversations.response_frames WHERE response_id = $1 ORDER BY first_seq',
    [id],
  );
  return rows.map(({ frames }) => frames).join('');
}

/** Asks the driver of an open run to cancel it. */
export async function requestCancel(database: Database, project: string, id: string): Promise<void> {
  await database.query(
    `WITH asked AS (
       UPDATE conversations.responses SET cancel_requested = true
       WHERE id = $1 AND project = $2 AND ended_at IS NULL RETURNING id)
     SELECT pg_notify('${noticeChannel}', $3) FROM asked`,
    [id, project, notices.stop(id)],
  );
}
