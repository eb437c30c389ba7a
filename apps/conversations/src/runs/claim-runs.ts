import type { CreateResponse } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import type { Item, ResponseObject } from '../answer/response-object.ts';
import { drivenBytes, leaseMs, maxBackgroundRunsOfProject, maxClaims, ownGraceMs } from './run-limits.ts';
import type { Prepared, RunRecord } from './run.ts';

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
  readonly bytes: number;
  readonly lost: number;
  readonly refused_ms: number;
}

/** What a claim does to a row; the row's claims before it are `lost`. */
const claiming = `fence = fence + 1, waiting = false, claims = claims + 1, lease_owner = $1,
  lease_until = now() + $2 * interval '1 millisecond'`;

const claimed = `id, project, key_id, request_id, traceparent, background, request, input, response, fence, last_seq, prepared,
  revision, cancel_requested, bytes, claims - 1 AS lost,
  COALESCE(extract(epoch FROM now() - refused_since) * 1000, 0)::float8 AS refused_ms`;

/** Whose driver's lease has ended. */
const expired = `NOT r.id = ANY($4::text[]) AND r.lease_until < now()
  AND (r.lease_owner <> $1 OR r.lease_until < now() - $5 * interval '1 millisecond')`;

/**
 * Each project's first waiting runs are found by stepping through the index from project to project, however many of one
 * wait. Who has the fewest driven is next, wherever those are driven.
 */
const claimSql = `
WITH RECURSIVE projects AS (
  (SELECT project FROM conversations.responses WHERE ended_at IS NULL AND waiting ORDER BY project LIMIT 1)
  UNION ALL
  SELECT (SELECT r.project FROM conversations.responses AS r
    WHERE r.ended_at IS NULL AND r.waiting AND r.project > projects.project ORDER BY r.project LIMIT 1)
  FROM projects WHERE projects.project IS NOT NULL
), driven AS (
  SELECT project, count(*) AS everywhere, count(*) FILTER (WHERE lease_owner = $1) AS here,
    sum(bytes) FILTER (WHERE lease_owner = $1) AS bytes_here
  FROM conversations.responses WHERE ended_at IS NULL AND NOT waiting AND lease_until >= now() GROUP BY project
), free AS (
  SELECT r.id, r.project, r.waiting, r.bytes, r.claims, r.accepted_at
  FROM conversations.responses AS r WHERE r.ended_at IS NULL AND NOT r.waiting AND ${expired}
  UNION ALL
  SELECT first.* FROM projects CROSS JOIN LATERAL (
    SELECT r.id, r.project, r.waiting, r.bytes, r.claims, r.accepted_at FROM conversations.responses AS r
    WHERE r.ended_at IS NULL AND r.waiting AND r.project = projects.project AND r.lease_until < now()
    ORDER BY r.accepted_at, r.id LIMIT $3) AS first
), ranked AS (
  SELECT free.*, COALESCE(driven.everywhere, 0) + row_number() OVER own AS turn,
    COALESCE(driven.here, 0) + row_number() OVER own AS turn_here,
    COALESCE(driven.bytes_here, 0) + sum(free.bytes) OVER own AS reached_here,
    row_number() OVER (PARTITION BY free.claims = 1 ORDER BY free.accepted_at, free.id) AS suspect
  FROM free LEFT JOIN driven USING (project)
  WINDOW own AS (PARTITION BY free.project ORDER BY free.waiting, free.accepted_at, free.id)
), chosen AS (
  SELECT id, row_number() OVER next AS place, sum(bytes) OVER next AS reached FROM ranked
  WHERE turn_here <= $6 AND (reached_here <= $10 OR turn_here = 1) AND (claims <> 1 OR suspect <= $7)
  WINDOW next AS (ORDER BY turn, accepted_at, id)
)
UPDATE conversations.responses SET ${claiming}
WHERE id IN (
  SELECT r.id FROM conversations.responses AS r
  WHERE r.id IN (SELECT id FROM chosen WHERE place <= $3 AND (reached <= $8 OR $9 AND place = 1))
    AND r.ended_at IS NULL AND r.lease_until < now()
  FOR UPDATE SKIP LOCKED)
RETURNING ${claimed}`;

/** What a replica has room for. */
export interface ClaimRoom {
  /** Ids of the runs that it drives: it renews their leases itself. */
  readonly own: readonly string[];
  readonly runs: number;
  readonly bytes: number;
  /** Runs under suspicion of killing their process, of which it may work on one at a time. */
  readonly suspects: number;
}

/**
 * Takes over runs whose driver's lease has ended, and begins those that wait, fairly among projects. Only the database's
 * clock counts. Others that carry this replica's name may be so new that they are not among its own yet, and are left
 * alone for longer.
 */
export async function claimRuns(database: Database, replica: string, room: ClaimRoom): Promise<readonly RunRecord[]> {
  const { rows } = await database.query<RunRow>(claimSql, [
    replica,
    leaseMs,
    Math.min(room.runs, maxClaims),
    room.own,
    ownGraceMs,
    maxBackgroundRunsOfProject,
    room.suspects,
    room.bytes,
    room.own.length === 0,
    drivenBytes.ofProject,
  ]);
  return rows.map(toRecord);
}

/** Takes one run that waits, for its end: null when it does not wait (any more). */
export async function claimWaiting(
  database: Database,
  replica: string,
  project: string,
  id: string,
): Promise<RunRecord | null> {
  const { rows } = await database.query<RunRow>(
    `UPDATE conversations.responses SET ${claiming}
     WHERE id = $3 AND project = $4 AND waiting AND ended_at IS NULL RETURNING ${claimed}`,
    [replica, leaseMs, id, project],
  );
  return rows[0] === undefined ? null : toRecord(rows[0]);
}

function toRecord(row: RunRow): RunRecord {
  return {
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
    bytes: row.bytes,
    lost: row.lost,
    refusedMs: row.refused_ms,
  };
}
