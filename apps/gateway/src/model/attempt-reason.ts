import type { Failure } from '@kumiki/policy';
import type { AttemptEnd } from '../requests/record-attempt.ts';
import type { Outcome } from './outcome.ts';

/** Failures whose detail is text from the server. */
const inItsWords: Partial<Record<Failure, string>> = {
  busy: 'it was busy',
  server_error: 'it answered with an error',
  diverged: 'its answer was another one',
};

/**
 * Why an attempt failed, for its record; null when it did not. The text of a model server may quote the prompt, so none of
 * it is recorded.
 */
export function attemptReason(outcome: Outcome): AttemptEnd | null {
  switch (outcome.kind) {
    case 'done':
      return null;
    case 'client_left':
      return { reason: 'the client left', failure: 'client_left' };
    case 'refused':
      return { reason: 'it refused the request', failure: 'refused' };
    case 'failed':
      break;
  }
  const { failure, detail } = outcome;
  return { reason: inItsWords[failure] ?? detail, failure };
}
