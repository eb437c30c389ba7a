import type { CreateResponse } from '@kumiki/api';
import type { Database, Queryable } from '@kumiki/postgres';
import type { ResponseEvent } from '../answer/response-event.ts';
import type { Item, ResponseObject } from '../answer/response-object.ts';
import { leaseMs, maxClaims, ownGraceMs } from '../limits.ts';
import { deletionOf } from '../responses/deletion.ts';
import { noticeChannel, notices } from './notices.ts';
import type { Prepared, RunRecord } from './run.ts';

/** Under which the keys of requests for responses are remembered. */
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
  /** Whether it belongs to a chat: it is kept as long as that is. */
  readonly inChat: boolean;
  /** Used where the project has no retention of its own. */
  readonly retentionDays: number;
}

/** Stores a run that this replica is going to drive, as its first driver. */
export async function insertRun(database: Queryable, replica: string, run: NewRun): Promise<void> {
  const last = run.events.at(-1)?.sequence_number ?? 0;
  await database.query(
    `WITH stored AS (
       INSERT INTO conversations.responses (
         id, project, key_id, request_id, background, status, previous_response_id, conversation_id, request, input,
         response, created_at, accepted_at, expires_at, last_seq, fence, lease_owner, lease_until,
         traceparent)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::json, $10::json, $11::json, to_timestamp($12), now(),
         CASE WHEN $18 THEN 'infinity' ELSE
           now() + COALESCE((SELECT response_days FROM conversations.retention WHERE project = $2), $13::int)
             * interval '1 day' END,
         $14, 1, $15, now() + $16 * interval '1 millisecond', $19)
       RETURNING id)
     INSERT INTO conversations.response_events (response_id, first_seq, last_seq, fence, events)
     SELECT id, 0, $14, 1, $17 FROM stored`,
    [
      run.id,
      run.project,
      run.keyId,
      run.requestId,
      run.request.background === true,
      run.response.status,
      run.request.previous_response_id ?? null,
      run.conversationId,
      // The input stands beside it, as items.
      JSON.stringify({ ...run.request, input: undefined }),
      JSON.stringify(run.input),
      JSON.stringify(run.response),
      run.response.created_at,
      run.retentionDays,
      last,
      replica,
      leaseMs,
      run.events.map((event) => JSON.stringify(event)).join('\n'),
      run.inChat,
      run.traceparent,
    ],
  );
}

/** Deletes a run that was refused before anybody saw it; the key of its request is free again. */
export async function discardRun(database: Database, run: Pick<RunRecord, 'id' | 'fence' | 'project'>): Promise<void> {
  await database.query(
    `WITH ${deletionOf('id = $1 AND fence = $2')}
     DELETE FROM conversations.idempotency_keys AS known USING gone
     WHERE known.project = $3 AND known.route = $4 AND known.resource_id = gone.id`,
    [run.id, run.fence, run.project, responsesRoute],
  );
}

interface RunRow {
  readonly id: string;
  readonly project: string;
  readonly key_id: string;
  readonly request_id: string;
  readonly traceparent: string | null;
  readonly background: boolean;
  readonly request: CreateResponse;
  readonly input: readonly Item[];
  readonly response: ResponseObject;
  readonly fence: number;
  readonly last_seq: number;
  readonly prepared: Prepared | null;
  readonly revision: string | null;
  readonly cancel_requested: boolean;
}

/**
 * Takes over runs whose driver's lease has ended. Only the database's clock counts.
 * @param own runs that this replica drives: it renews their leases itself. Others that carry its name may be so new
 * that they are not among them yet, and are left alone for longer.
 */
export async function claimRuns(
  database: Database,
  replica: string,
  own: readonly string[],
  most: number,
): Promise<readonly RunRecord[]> {
  const { rows } = await database.query<RunRow>(
    `UPDATE conversations.responses
     SET fence = fence + 1, lease_owner = $1, lease_until = now() + $2 * interval '1 millisecond'
     WHERE id IN (
       SELECT id FROM conversations.responses
       WHERE ended_at IS NULL AND lease_until < now() AND NOT id = ANY($4::text[])
         AND (lease_owner <> $1 OR lease_until < now() - $5 * interval '1 millisecond')
       ORDER BY lease_until LIMIT $3 FOR UPDATE SKIP LOCKED)
     RETURNING id, project, key_id, request_id, traceparent, background, request, input, response, fence, last_seq, prepared,
       revision, cancel_requested`,
    [replica, leaseMs, Math.min(most, maxClaims), own, ownGraceMs],
  );
  return rows.map((row) => ({
    id: row.id,
    project: row.project,
    keyId: row.key_id,
    requestId: row.request_id,
    traceparent: row.traceparent,
    background: row.background,
    request: row.request,
    input: row.input,
    response: row.response,
    fence: row.fence,
    lastSeq: row.last_seq,
    prepared: row.prepared,
    revision: row.revision,
    cancelRequested: row.cancel_requested,
  }));
}

/** What the model has said so far, as it came. */
export async function loadFrames(database: Queryable, id: string): Promise<string> {
  const { rows } = await database.query<{ frames: string }>(
    'SELECT frames FROM conversations.response_frames WHERE response_id = $1 ORDER BY first_seq',
    [id],
  );
  return rows.map(({ frames }) => frames).join('');
}

export interface Held {
  readonly id: string;
  readonly fence: number;
}

/** Renews the leases of runs. @returns those that are still held, and whether each is to be cancelled. */
export async function renewLeases(
  database: Database,
  held: readonly Held[],
): Promise<ReadonlyMap<string, { readonly cancel: boolean }>> {
  const { rows } = await database.query<{ id: string; cancel_requested: boolean }>(
    `UPDATE conversations.responses AS r SET lease_until = now() + $3 * interval '1 millisecond'
     FROM unnest($1::text[], $2::bigint[]) AS held (id, fence)
     WHERE r.id = held.id AND r.fence = held.fence AND r.ended_at IS NULL
     RETURNING r.id, r.cancel_requested`,
    [held.map(({ id }) => id), held.map(({ fence }) => fence), leaseMs],
  );
  return new Map(rows.map((row) => [row.id, { cancel: row.cancel_requested }]));
}

/** Lets go of runs, so that another replica takes them over at once. */
export async function releaseLeases(database: Database, held: readonly Held[]): Promise<void> {
  await database.query(
    `WITH released AS (
       UPDATE conversations.responses AS r SET lease_until = now() - interval '1 second'
       FROM unnest($1::text[], $2::bigint[]) AS held (id, fence)
       WHERE r.id = held.id AND r.fence = held.fence AND r.ended_at IS NULL RETURNING r.id)
     SELECT pg_notify('${noticeChannel}', $3) FROM released LIMIT 1`,
    [held.map(({ id }) => id), held.map(({ fence }) => fence), notices.released],
  );
}

/** Asks the driver of an open run to cancel it, whoever that is. */
export async function requestCancel(database: Database, project: string, id: string): Promise<void> {
  await database.query(
    `WITH asked AS (
       UPDATE conversations.responses SET cancel_requested = true
       WHERE id = $1 AND project = $2 AND ended_at IS NULL RETURNING id)
     SELECT pg_notify('${noticeChannel}', $3) FROM asked`,
    [id, project, notices.stop(id)],
  );
}
