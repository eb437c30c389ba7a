import { KumikiError } from '@kumiki/api';
import type { ResponseObject } from '../answer/response-object.ts';
import { readLog, storedLog } from '../runs/read-log.ts';
import { requestCancel } from '../runs/run-store.ts';
import type { ResponsesDeps } from './create-response.ts';
import { findResponse } from './response-rows.ts';

/** How long a cancel request waits for the run's driver. */
const cancelPatienceMs = 30_000;

/**
 * Cancels an open response, on whichever replica it runs, and waits until it has ended; an ended one stays as it is.
 * Throws KumikiError when there is none, or when its driver does not end it in time.
 */
export async function cancelResponse(
  { database, hub, runner }: Pick<ResponsesDeps, 'database' | 'hub' | 'runner'>,
  project: string,
  id: string,
): Promise<ResponseObject> {
  await requestCancel(database, project, id);
  await runner.cancelWaiting(project, id);
  const patience = AbortSignal.timeout(cancelPatienceMs);
  const events = readLog(storedLog(database, project, id), hub, id, -1, patience);
  for await (const _ of events);
  const response = await findResponse(database, project, id);
  if (response === null) throw new KumikiError('not_found', { what: 'response', id });
  return response;
}
