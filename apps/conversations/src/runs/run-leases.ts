import type { CreateResponse } from '@kumiki/api';
import { type Claimed, createLeases, leaseClock } from '@kumiki/postgres/leased';
import type { Item, ResponseObject } from '../answer/response-object.ts';
import { noticeChannel, notices } from './notices.ts';
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
  readonly refused_ms: number;
}

/** The leases of runs: who drives which response. */
export const runLeases = createLeases<RunRow, { readonly cancel_requested: boolean }>({
  name: 'conversations.responses',
  key: { column: 'id', type: 'text' },
  open: 'work.ended_at IS NULL',
  order: ['accepted_at', 'id'],
  bytes: 'work.bytes',
  columns: `work.id, work.project, work.key_id, work.request_id, work.traceparent, work.background, work.request, work.input,
    work.response, work.fence, work.last_seq, work.prepared, work.revision, work.cancel_requested, work.bytes,
    COALESCE(extract(epoch FROM ${leaseClock} - work.refused_since) * 1000, 0)::float8 AS refused_ms`,
  renewed: 'work.cancel_requested',
  notice: { channel: noticeChannel, payload: notices.released },
});

export type ClaimedRun = Claimed<RunRow>;

/** A claimed run as its driver knows it. */
export function toRunRecord({ row, lost }: ClaimedRun): RunRecord {
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
    lost,
    refusedMs: row.refused_ms,
  };
}
