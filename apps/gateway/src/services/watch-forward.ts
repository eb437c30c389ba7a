import type { RequestRecord } from '@kumiki/api';
import { type AttemptEnd, beginAttempt, endAttempt, noteFirstByte } from '../requests/record-attempt.ts';
import type { RequestLog } from '../requests/request-log.ts';
import type { BackendOutcome } from './attempt-backend.ts';

/** What is recorded of an attempt; null when it succeeded. */
const reasons: Readonly<Record<BackendOutcome['kind'], AttemptEnd | null>> = {
  over: null,
  unreachable: { reason: 'it took no connection', failure: 'connect_refused' },
  broken: { reason: 'the connection broke before there was a reply', failure: 'broken' },
  late: { reason: 'it did not answer in time', failure: 'headers_timeout' },
  refused: { reason: "the request's body was refused", failure: 'refused' },
};

const brokenOff: AttemptEnd = { reason: 'its reply broke off', failure: 'broken' };

/** Records one attempt at a replica of a service. */
export interface ForwardWatch {
  reply(status: number, isStream: boolean): void;
  end(outcome: BackendOutcome): void;
}

const unwatched: ForwardWatch = { reply: () => {}, end: () => {} };

/** @param record null for a request that is not recorded. */
export function watchForward(requests: RequestLog, record: RequestRecord | null, url: string): ForwardWatch {
  if (record === null) return unwatched;
  const again = record.attempts.length > 0;
  const attempt = beginAttempt(record, url, performance.now());
  if (again) record.retries++;
  return {
    reply(status, isStream) {
      record.status = status;
      record.stream = isStream;
      noteFirstByte(attempt, performance.now());
      requests.moved(record);
    },
    end(outcome) {
      const broken = outcome.kind === 'over' && outcome.gone;
      if (broken) record.error_code = 'service_unavailable';
      endAttempt(attempt, broken ? brokenOff : reasons[outcome.kind], performance.now());
    },
  };
}
