import type { Failure } from './failure.ts';

/** What a reply that is no answer means: the request itself is refused, or the endpoint failed. */
export type ReplyClass =
  | 'refused'
  | Extract<Failure, 'busy' | 'credentials_refused' | 'protocol_error' | 'server_error'>;

/**
 * Messages by which llama-server reports a fault of the request with status 500: a body that is not JSON, and an input
 * that is longer than its batch. Taken for failures of the server, they would let one client put it out of use.
 */
const requestFaults = [/^\[json\.exception\.parse_error\.101\]/, /^input \(\d+ tokens\) is too large to process/];

/**
 * @param status of a reply other than 200.
 * @param error its error body.
 */
export function classifyReply(
  status: number,
  { code, message }: { readonly code: string | null; readonly message: string },
): ReplyClass {
  // A redirect is not followed: it could lead anywhere, with the request and its credentials.
  if (status >= 300 && status < 400) return 'protocol_error';
  // The client's own key was accepted by the gateway: these two are about the key that the gateway has for the server.
  if (status === 401 || status === 403) return 'credentials_refused';
  if (status === 429) return 'busy';
  if (status === 503 && code !== 'engine_failed') return 'busy';
  // A server that cannot do this at all (embeddings of a chat model) is well, and will not be able to do it later.
  if (status === 501) return 'refused';
  if (status === 500 && requestFaults.some((fault) => fault.test(message))) return 'refused';
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
