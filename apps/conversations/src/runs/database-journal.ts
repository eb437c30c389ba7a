import { setTimeout as pause } from 'node:timers/promises';
import { KumikiError } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import { leaseEnd } from '@kumiki/postgres/leased';
import { isDelta } from '../answer/response-event.ts';
import type { ResponseObject } from '../answer/response-object.ts';
import { appendItems, writeItems } from '../conversations/append-items.ts';
import type { Hub } from './hub.ts';
import { noticeChannel, notices } from './notices.ts';
import { leaseMs } from './run-limits.ts';
import { discardRun } from './run-store.ts';
import type { Batch, Journal, RunRecord, StoredBatch, StoreResult } from './run.ts';

/** Delay between two attempts to store while the database is unavailable. */
const storeRetryMs = 250;
/** How long discarding a refused run is retried while the database is unavailable. */
const discardPatienceMs = 600_000;

/**
 * The single statement of a batch: it renews the lease and inserts only if the row still has this driver's fence and
 * the previous batch is the last one. The update locks the row, so no other driver can interfere.
 */
const appendSql = `
WITH held AS (
  UPDATE conversations.responses
  SET last_seq = $4, lease_until = ${leaseEnd('$7')}, status = 'in_progress',
      claims = CASE WHEN $6 <> '' OR $8::json IS NOT NULL THEN 0 ELSE claims END,
      prepared = COALESCE($8::json, prepared), revision = COALESCE($9, revision),
      begun_at = CASE WHEN $11 THEN COALESCE(begun_at, now()) ELSE begun_at END,
      first_token_at = CASE WHEN $12 THEN COALESCE(first_token_at, now()) ELSE first_token_at END
  WHERE id = $1 AND fence = $2 AND last_seq = $3 AND ended_at IS NULL
  RETURNING id
), logged AS (
  INSERT INTO conversations.response_events (response_id, first_seq, last_seq, fence, events)
  SELECT id, $3::int + 1, $4::int, $2, $5 FROM held WHERE $4::int > $3::int
), kept AS (
  INSERT INTO conversations.response_frames (response_id, first_seq, frames)
  SELECT id, $3::int + 1, $6 FROM held WHERE $6 <> ''
)
SELECT pg_notify('${noticeChannel}', $10) FROM held`;

const endSql = `
UPDATE conversations.responses
SET status = $5, response = $6::json, last_seq = $4, ended_at = now(), prepared = NULL,
    bytes = bytes + octet_length($6::text) + $9::bigint + COALESCE((SELECT sum(octet_length(events))
      FROM conversations.response_events WHERE response_id = $1 AND first_seq > 0), 0),
    begun_at = CASE WHEN $7 THEN COALESCE(begun_at, now()) ELSE begun_at END,
    first_token_at = CASE WHEN $8 THEN COALESCE(first_token_at, now()) ELSE first_token_at END
WHERE id = $1 AND fence = $2 AND last_seq = $3 AND ended_at IS NULL AND (NOT cancel_requested OR $5 = 'cancelled')
RETURNING conversation_id`;

interface Options {
  readonly database: Database;
  readonly hub: Hub;
  readonly run: RunRecord;
}

/** The journal of a stored response. Every write checks the fence in SQL. */
export function createDatabaseJournal({ database, hub, run }: Options): Journal {
  let lastSeq = run.lastSeq;

  /**
   * Stores, and retries while the database is unavailable. An attempt whose commit was not acknowledged is recognised
   * by the next one.
   */
  async function store(batch: Batch, signal: AbortSignal, attempt: () => Promise<boolean>): Promise<StoreResult> {
    const next = batch.events.at(-1)?.sequence_number ?? lastSeq;
    for (let retried = false; ; retried = true) {
      try {
        const result = (await attempt()) ? 'stored' : retried ? await whatHappened(next) : await whyNot();
        if (result === 'stored') {
          const stored = toStored(batch, lastSeq);
          lastSeq = next;
          if (stored !== null) hub.publish(run.id, stored);
        }
        return result;
      } catch (error) {
        if (!(error instanceof KumikiError) || error.code !== 'service_unavailable') throw error;
        if (signal.aborted) return 'lost';
        await pause(storeRetryMs, undefined, { signal }).catch(() => {});
      }
    }
  }

  interface Row {
    readonly fence: number;
    readonly last_seq: number;
    readonly ended: boolean;
    readonly cancel_requested: boolean;
  }
  async function read(): Promise<Row | undefined> {
    const { rows } = await database.query<Row>(
      `SELECT fence, last_seq, ended_at IS NOT NULL AS ended, cancel_requested
       FROM conversations.responses WHERE id = $1`,
      [run.id],
    );
    return rows[0];
  }
  async function whyNot(): Promise<StoreResult> {
    const row = await read();
    return row?.fence === run.fence && !row.ended && row.cancel_requested ? 'cancelled' : 'lost';
  }
  async function whatHappened(next: number): Promise<StoreResult> {
    const row = await read();
    return row?.fence === run.fence && row.last_seq === next && next > lastSeq ? 'stored' : whyNot();
  }

  return {
    append: (batch, signal) =>
      store(batch, signal, async () => {
        const next = batch.events.at(-1)?.sequence_number ?? lastSeq;
        const { count } = await database.query(appendSql, [
          run.id,
          run.fence,
          lastSeq,
          next,
          batch.events.map((event) => JSON.stringify(event)).join('\n'),
          batch.frames,
          leaseMs,
          batch.prepared === null ? null : JSON.stringify(batch.prepared),
          batch.revision,
          notices.stored(run.id),
          hasBegun(batch),
          hasToken(batch),
        ]);
        return count > 0;
      }),
    finish: (batch, response, signal) => store(batch, signal, () => endRun(database, run, batch, response, lastSeq)),
    discard: () => discardSoon(database, run, performance.now() + discardPatienceMs),
  };
}

function endRun(
  database: Database,
  run: RunRecord,
  batch: Batch,
  response: ResponseObject,
  lastSeq: number,
): Promise<boolean> {
  const next = batch.events.at(-1)?.sequence_number ?? lastSeq;
  const events = batch.events.map((event) => JSON.stringify(event)).join('\n');
  return database.transaction(async (transaction) => {
    const { rows } = await transaction.query<{ conversation_id: string | null }>(endSql, [
      run.id,
      run.fence,
      lastSeq,
      next,
      response.status,
      JSON.stringify(response),
      hasBegun(batch),
      hasToken(batch),
      Buffer.byteLength(events),
    ]);
    const row = rows[0];
    if (row === undefined) return false;
    await transaction.query(
      `INSERT INTO conversations.response_events (response_id, first_seq, last_seq, fence, events)
       VALUES ($1, $2, $3, $4, $5)`,
      [run.id, lastSeq + 1, next, run.fence, events],
    );
    await transaction.query('DELETE FROM conversations.response_frames WHERE response_id = $1', [run.id]);
    if (row.conversation_id !== null && response.status !== 'failed') {
      await appendItems(transaction, run.project, row.conversation_id, writeItems([...run.input, ...response.output]));
    }
    await transaction.query(`SELECT pg_notify('${noticeChannel}', $1)`, [notices.stored(run.id)]);
    return true;
  });
}

/**
 * Discards a refused run, retrying until the database is back. Otherwise another replica would take it over, and the
 * conversation would contain the question twice when the client retries.
 */
async function discardSoon(database: Database, run: RunRecord, deadline: number): Promise<void> {
  try {
    await discardRun(database, run);
  } catch (error) {
    if (!(error instanceof KumikiError) || error.code !== 'service_unavailable') throw error;
    if (performance.now() > deadline) return;
    setTimeout(() => void discardSoon(database, run, deadline).catch(() => {}), storeRetryMs).unref();
  }
}

/** Whether the model had accepted the request by the end of a batch. */
function hasBegun(batch: Batch): boolean {
  return batch.prepared?.chat != null || hasToken(batch);
}

function hasToken(batch: Batch): boolean {
  return batch.events.some(({ type }) => isDelta(type));
}

export function toStored(batch: Batch, lastSeq: number): StoredBatch | null {
  const last = batch.events.at(-1);
  if (last === undefined) return null;
  const events = batch.events.map((event) => JSON.stringify(event));
  return { firstSeq: lastSeq + 1, lastSeq: last.sequence_number, events };
}
