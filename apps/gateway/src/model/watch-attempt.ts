import type { Timings } from '@kumiki/api';
import type { LoadMeter } from '../load/load-meter.ts';
import { beginAttempt, endAttempt, noteFirstByte, noteTimings } from '../requests/record-attempt.ts';
import type { RequestLog } from '../requests/request-log.ts';
import { unixTime } from '../requests/wall-clock.ts';
import type { EndpointState } from '../routing/endpoint-state.ts';
import { attemptReason } from './attempt-reason.ts';
import type { Exchange } from './exchange.ts';
import type { Outcome } from './outcome.ts';

/** Records the course of one attempt at a replica of a model. */
export interface AttemptWatch {
  /** Whether an event of the attempt has gone to the client. */
  readonly begun: () => boolean;
  /** Records that the first event has gone to the client. */
  first(): void;
  /** A reply that is no stream begins. */
  body(timings: Timings | null): void;
  timings(timings: Timings): void;
  end(outcome: Outcome): void;
}

export function watchAttempt(
  { requests, load }: { readonly requests: RequestLog; readonly load: LoadMeter },
  exchange: Exchange,
  { endpoint }: EndpointState,
): AttemptWatch {
  const { request, progress, record } = exchange;
  const startedAt = performance.now();
  const attempt = beginAttempt(record, endpoint.id, startedAt);
  const meter = request.scanned.stream
    ? load.streamBegins({ record, endpoint: endpoint.id, events: () => progress.eventsSent })
    : null;
  let begun = false;
  record.revision = endpoint.revision;
  if (record.attempts.length > 1) requests.moved(record);

  return {
    begun: () => begun,
    first() {
      begun = true;
      const now = performance.now();
      noteFirstByte(attempt, now);
      meter?.first(now);
      if (record.first_token_at !== null) return;
      record.first_token_at = unixTime(now);
      record.status = 200;
      // A service that resumes an answer already has its first token, so the time to it is not measured.
      if (progress.eventsSent === 1) load.firstToken(endpoint.id, now - request.startedAt, now - startedAt, now);
      requests.moved(record);
    },
    body(timings) {
      noteFirstByte(attempt, performance.now());
      if (timings !== null) noteTimings(attempt, timings);
    },
    timings: (timings) => noteTimings(attempt, timings),
    end(outcome) {
      const now = performance.now();
      endAttempt(attempt, attemptReason(outcome), now);
      meter?.end(now);
      const { completionTokens } = progress;
      if (meter === null && outcome.kind === 'done' && completionTokens !== null) {
        load.tokens(endpoint.id, completionTokens, now);
      }
    },
  };
}
