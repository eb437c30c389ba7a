import { KumikiError } from '@kumiki/api';
import { sendError } from '../http/send-error.ts';
import type { Outcome } from './outcome.ts';
import type { Run } from './run.ts';
import { sendRefusal } from './send-reply.ts';

/** The ends of an exchange that are not a whole answer. */

/** A replica refused the request itself. */
export function refuseExchange(run: Run, outcome: Extract<Outcome, { kind: 'refused' }>): void {
  run.exchange.progress.charge = 'prompt';
  if (run.client.begun()) failExchange(run, new KumikiError('stream_interrupted', { reason: outcome.error.message }));
  else sendRefusal(run.exchange, outcome.status, outcome.error);
}

/** Ends it as if the client had left, but says why. */
export function cutExchange({ exchange, client, attempt }: Run, error: KumikiError): void {
  const { progress, response, record } = exchange;
  if (progress.clientLeft || response.writableEnded) return;
  record.error_code = error.code;
  if (client.isFull()) response.destroy();
  else if (client.begun()) client.fail(error);
  else sendError(response, error);
  progress.clientLeft = true;
  attempt?.abort();
}

/** Every attempt failed, or none could be made. */
export function failExchange({ exchange, client }: Run, error: KumikiError): void {
  const { request, progress, response, record, metrics } = exchange;
  if (error.code === 'poisonous_request' || error.code === 'upstream_timeout') progress.charge = 'reserved';
  if (progress.clientLeft) return;
  record.error_code = error.code;
  if (!client.begun()) return sendError(response, error);
  metrics.lostStreams.inc();
  const cut = progress.eventsSent > 0 && error.code !== 'stream_interrupted';
  if (cut) record.error_code = 'stream_interrupted';
  client.fail(cut && !request.showTokens ? new KumikiError('stream_interrupted', { reason: error.message }) : error);
}
