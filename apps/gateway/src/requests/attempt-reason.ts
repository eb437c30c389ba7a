import type { Failure } from '@kumiki/policy';
import type { Outcome } from '../proxy/outcome.ts';

/** Failures whose detail is the server's own text. */
const inItsWords: Partial<Record<Failure, string>> = {
  'refused-busy': 'it was busy',
  'server-error': 'it answered with an error',
  diverged: 'its answer was another one',
};

/**
 * Why an attempt failed, for its record; null where it did not. What a model's server says of a failure in its own words
 * may quote the prompt, so that none of it goes in.
 */
export function attemptReason(outcome: Outcome): string | null {
  switch (outcome.kind) {
    case 'done':
      return null;
    case 'client-left':
      return 'the client left';
    case 'refused':
      return 'it refused the request';
    case 'failed':
      break;
  }
  return inItsWords[outcome.failure] ?? outcome.detail;
}
