import type { CreateResponse } from '@kumiki/api';
import type { ResponseObject, ResponseStatus } from '../answer/response-object.ts';
import { rebuildMachine } from './rebuild.ts';
import type { Prepared } from './run.ts';

/** The stored state of a response, read in one statement. */
export interface StoredResponse {
  readonly status: ResponseStatus;
  readonly ended: boolean;
  readonly request: CreateResponse;
  readonly response: ResponseObject;
  readonly prepared: Prepared | null;
  /** See {@link framesOf}. */
  readonly frames: string | null;
  readonly last_seq: number;
}

/** SQL for the frames of an open run's answer so far; null for an ended run. */
export function framesOf(responses: string): string {
  return `CASE WHEN ${responses}.ended_at IS NULL THEN (
    SELECT string_agg(f.frames, '' ORDER BY f.first_seq) FROM conversations.response_frames AS f
    WHERE f.response_id = ${responses}.id) END`;
}

/** The current response with its output so far, and the last event that it contains. */
export async function showRow(
  row: StoredResponse,
): Promise<{ readonly response: ResponseObject; readonly lastSequence: number }> {
  if (row.ended || row.status === 'queued') return { response: row.response, lastSequence: row.last_seq };
  const machine = await rebuildMachine(row, row.prepared, row.frames ?? '');
  const response = machine.response();
  return { response, lastSequence: machine.take().at(-1)?.sequence_number ?? row.last_seq };
}
