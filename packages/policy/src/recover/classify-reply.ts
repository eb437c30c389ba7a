import type { Failure } from './failure.ts';

/** What a reply that is no answer means: the request itself is refused, or the endpoint failed. */
export type ReplyClass =
  | 'refused'
  | Extract<Failure, 'busy' | 'credentials_refused' | 'protocol_error' | 'server_error'>;

/**
 * @param status of a reply other than 200.
 * @param code the one in its error body, null without one.
 */
export function classifyReply(status: number, code: string | null): ReplyClass {
  // Nobody follows a redirect: it could lead anywhere, with the request and its credentials.
  if (status >= 300 && status < 400) return 'protocol_error';
  // The client's own key was accepted by the gateway: these two are about the key that the gateway has for the server.
  if (status === 401 || status === 403) return 'credentials_refused';
  if (status === 429) return 'busy';
  if (status === 503 && code !== 'engine_failed') return 'busy';
  if (status >= 500 || status === 408) return 'server_error';
  return 'refused';
}

/**
 * A server that fails after its 200 says so in the stream. What is the request's own fault would fail elsewhere too.
 * @param type the one of the error event, null without one.
 */
export function classifyStreamError(type: string | null): ReplyClass {
  return type === 'invalid_request_error' ? 'refused' : 'server_error';
}
