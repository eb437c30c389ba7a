import type { KeyRecord, ObservedRequestQuery, ObservedRequests, RequestRecord } from '@kumiki/api';
import type { TraceHop } from '../http/random-ids.ts';
import { selectRequests } from './select-requests.ts';
import { unixTime } from './wall-clock.ts';

/** Records that are kept. A new one replaces the oldest, whether that has ended or not. */
const defaultMaxRecords = 2_000;

/** Characters of a path that are kept. */
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
  /** Number of open requests. */
  readonly open: () => number;
  list(query: ObservedRequestQuery): ObservedRequests;
  /**
   * Calls the listener with every record that begins, changes or ends. It gets the record itself, which keeps changing.
   * The listener must be quick and must not throw. Returns the function that ends the subscription.
   */
  subscribe(listener: (record: RequestRecord) => void): () => void;
  begin(opening: Opening): RequestRecord;
  /** Announces a change to the listeners. */
  moved(record: RequestRecord): void;
  end(record: RequestRecord, outcome: 'completed' | 'failed' | 'cancelled', now: number): void;
}

/**
 * The last requests, in a ring: recording one costs one object and no search. The code that serves a request updates its record.
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

/** Sets every member, so that all records have one shape. */
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
