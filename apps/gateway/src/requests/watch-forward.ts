import type { RequestRecord } from '@kumiki/api';
import type { BackendOutcome } from '../backend/attempt-backend.ts';
import { beginAttempt, endAttempt, noteFirstByte } from './record-attempt.ts';
import type { RequestLog } from './request-log.ts';

/** What a record says of an attempt; null where it went well. */
const reasons: Readonly<Record<BackendOutcome['kind'], string | null>> = {
  over: null,
  unreachable: 'it took no connection',
  broken: 'the connection broke before there was a reply',
  late: 'it did not answer in time',
  refused: "the request's body was refused",
};

/** Writes down what becomes of one attempt at a replica of another service. */
export interface ForwardWatch {
  reply(status: number, isStream: boolean): void;
  end(outcome: BackendOutcome): void;
}

const unwatched: ForwardWatch = { reply: () => {}, end: () => {} };

/** @param record null for what is not remembered. */
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
      endAttempt(attempt, broken ? 'its reply broke off' : reasons[outcome.kind], performance.now());
    },
  };
}
