import { KumikiError } from '@kumiki/api';
import type { Failure } from '@kumiki/policy';
import { formatDuration } from '../limits/format-duration.ts';
import type { EndpointState } from '../routing/endpoint-state.ts';
import { describeSize } from './describe-size.ts';
import type { Exchange } from './exchange.ts';
import type { Run } from './run.ts';

/** The errors that end an exchange, as its client gets them. */

/** `retry-after` when every replica is busy, in milliseconds. */
const busyRetryMs = 1_000;

/** A service that stores the answer gets the failure itself, since it may ask for the rest later. */
export function finalError(run: Run, failure: Failure, reason: string): KumikiError {
  const { showTokens, route } = run.exchange.request;
  if (run.client.begun() && !showTokens) return new KumikiError('stream_interrupted', { reason });
  if (failure === 'first_token_timeout' || failure === 'total_timeout' || failure === 'headers_timeout') {
    const { firstTokenMs, totalMs } = route.route.deadlines;
    return new KumikiError('upstream_timeout', {
      server: 'The model server',
      what: failure === 'total_timeout' ? 'finish' : 'begin to answer',
      limitMs: failure === 'total_timeout' ? totalMs : firstTokenMs,
    });
  }
  return new KumikiError('upstream_error', { reason });
}

/** The request ended or stopped as many replicas as a request may, and gets no other. */
export function poisonousRequest({ options, exchange }: Run, claims: number): KumikiError {
  const { id, key, body } = exchange.request;
  const size = describeSize(body);
  options.log.warn({ requestId: id, key_id: key.id, claims, size }, 'request refused as poison');
  return new KumikiError('poisonous_request', { what: 'This request', claims, size });
}

export function queueFull(exchange: Exchange, endpoints: readonly EndpointState[], detail: string): KumikiError {
  const limit = endpoints.reduce((sum, state) => sum + state.endpoint.maxInFlight, 0);
  const details = { model: exchange.request.route.route.model, limit, retryAfter: formatDuration(busyRetryMs) };
  return new KumikiError('queue_full', details, { retryAfterMs: busyRetryMs, cause: detail });
}
