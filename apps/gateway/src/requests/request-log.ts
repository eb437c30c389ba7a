import type { KeyRecord, ObservedRequestQuery, ObservedRequests, RequestRecord } from '@kumiki/api';
import type { TraceHop } from '../http/random-ids.ts';
import { selectRequests } from './select-requests.ts';
import { unixTime } from './wall-clock.ts';

/** Requests that are remembered. The oldest makes room for a new one, whether it has ended or not. */
const defaultMaxRecords = 2_000;

/** Of a path. */
const maxPathCharacters = 256;

export interface Opening {
  readonly id: string;
  readonly hop: TraceHop;
  readonly method: string;
  readonly path: string;
  readonly kind: RequestRecord['kind'];
  readonly service: string | null;
  readonly key: KeyRecord;
  /** Monotonic milliseconds. */
  readonly startedAt: number;
}

export interface RequestLog {
  /** Requests that are open now. */
  readonly open: () => number;
  list(query: ObservedRequestQuery): ObservedRequests;
  /**
   * Tells of every record that begins, moves on or ends. It is the record itself, which changes on. The listener must
   * be quick and not throw. Returns what ends the subscription.
   */
  subscribe(listener: (record: RequestRecord) => void): () => void;
  begin(opening: Opening): RequestRecord;
  /** Something that a reader would want to see has changed. */
  moved(record: RequestRecord): void;
  end(record: RequestRecord, outcome: 'completed' | 'failed' | 'cancelled', now: number): void;
}

/**
 * The last requests, in a ring: remembering one costs one object and no search. Whoever serves a request writes into its
 * record as it goes.
 */
export function createRequestLog(maxRecords = defaultMaxRecords): RequestLog {
  const ring: RequestRecord[] = [];
  let next = 0;
  let open = 0;
  const listeners = new Set<(record: RequestRecord) => void>();

  function moved(record: RequestRecord): void {
    for (const listener of listeners) listener(record);
  }

  return {
    begin(opening) {
      const record = openRecord(opening);
      ring[next] = record;
      next = (next + 1) % maxRecords;
      open++;
      moved(record);
      return record;
    },
    moved,
    end(record, outcome, now) {
      if (record.outcome !== 'open') return;
      open--;
      record.outcome = outcome;
      record.ended_at = unixTime(now);
      moved(record);
    },
    open: () => open,
    list: (query) => selectRequests(ring, query),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** Every member from the start, so that all records have one shape. */
function openRecord({ id, hop, method, path, kind, service, key, startedAt }: Opening): RequestRecord {
  return {
    object: 'kumiki.request',
    id,
    trace_id: hop.traceId,
    span_id: hop.spanId,
    parent_span_id: hop.parentSpanId,
    method,
    path: path.length > maxPathCharacters ? path.slice(0, maxPathCharacters) : path,
    kind,
    service,
    model: null,
    project: key.project,
    key_id: key.id,
    stream: false,
    status: null,
    outcome: 'open',
    error_code: null,
    started_at: unixTime(startedAt),
    first_token_at: null,
    ended_at: null,
    prompt_tokens: null,
    cached_tokens: null,
    completion_tokens: null,
    replica: null,
    revision: null,
    retries: 0,
    continuations: 0,
    attempts: [],
  };
}
