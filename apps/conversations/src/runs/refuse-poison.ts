import { errorMessage } from '@kumiki/api';
import { errorFields } from '../answer/answer-machine.ts';
import type { Journal, RunRecord, StoreResult } from './run.ts';

/** A refused run is not stopped by anything. */
const never = new AbortController().signal;

/**
 * Ends a run that has killed or hung every process that worked on it. Its content is not read again: its final events
 * follow the stored ones, and its output is left out.
 */
export function refusePoison(journal: Journal, run: RunRecord, claims: number): Promise<StoreResult> {
  const size = `${run.bytes} bytes in ${run.input.length} items`;
  const message = errorMessage('poisonous_request', { what: 'This response', claims, size });
  const code = 'poisonous_request';
  const response = { ...run.response, status: 'failed', error: { code, message } } as const;
  const events = [
    { type: 'error', sequence_number: run.lastSeq + 1, ...errorFields(code, message) },
    { type: 'response.failed', sequence_number: run.lastSeq + 2, response },
  ];
  return journal.finish({ events, frames: '', prepared: null, revision: null }, response, never);
}
