import type { ServerResponse } from 'node:http';
import type { RequestRecord } from '@kumiki/api';
import type { RequestContext } from '../http/request-context.ts';
import type { Caller } from '../keys/identify-caller.ts';
import type { LoadMeter } from '../load/load-meter.ts';
import type { RequestLog } from './request-log.ts';

/** Where requests are recorded. */
export interface Recorders {
  readonly requests: RequestLog;
  readonly load: LoadMeter;
}

/** Begins the record of a request and puts it into the context. */
export function beginRecord(
  { requests, load }: Recorders,
  context: RequestContext,
  { key }: Caller,
  kind: RequestRecord['kind'],
  service: string | null,
): void {
  const { id, hop, path, request, startedAt } = context;
  load.requestBegins(startedAt);
  context.record = requests.begin({ id, hop, method: request.method ?? 'GET', path, kind, service, key, startedAt });
}

/** Ends the record with what the client got. */
export function endRecord({ requests, load }: Recorders, record: RequestRecord, response: ServerResponse): void {
  const now = performance.now();
  if (response.headersSent) record.status = response.statusCode;
  // Code that cuts a reply off has already noted the reason.
  const left = response.destroyed && !response.writableEnded && record.error_code === null;
  const refused = record.error_code !== null || (record.status ?? 0) >= 400;
  requests.end(record, left ? 'cancelled' : refused ? 'failed' : 'completed', now);
  if (record.error_code === 'credential_revoked') return;
  const ours = record.status === null || record.status < 400 || record.status >= 500;
  if (record.outcome === 'failed' && ours) load.requestFails(now);
}
