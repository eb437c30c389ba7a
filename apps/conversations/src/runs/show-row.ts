import type { CreateResponse } from '@kumiki/api';
import type { ResponseObject, ResponseStatus } from '../answer/response-object.ts';
import { rebuildMachine } from './rebuild.ts';
import type { Prepared } from './run.ts';

/** What is stored of a response, all of one instant. */
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

/** SQL for what the model has said so far in an open run; null in one that has ended. */
export function framesOf(responses: string): string {
  return `CASE WHEN ${responses}.ended_at IS NULL THEN (
    SELECT string_agg(f.frames, '' ORDER BY f.first_seq) FROM conversations.response_frames AS f
    WHERE f.response_id = ${responses}.id) END`;
}

/** A response as it is now with what has been written of it, and the last event that this contains. */
export async function showRow(
  row: StoredResponse,
): Promise<{ readonly response: ResponseObject; readonly lastSequence: number }> {
  if (row.ended || row.status === 'queued') return { response: row.response, lastSequence: row.last_seq };
  const machine = await rebuildMachine(row, row.prepared, row.frames ?? '');
  const response = machine.response();
  return { response, lastSequence: machine.take().at(-1)?.sequence_number ?? row.last_seq };
}
