import type { IncomingMessage } from 'node:http';
import { createRevocation } from '../keys/revocation.ts';
import { makeRequestId, openHop } from './random-ids.ts';
import type { Reply } from './reply.ts';
import type { RequestContext } from './request-context.ts';
import { sendError } from './send-error.ts';

/** Longest path that is read. The limit on headers bounds it as well. */
const maxPathLength = 4_096;

/** The context of a request that has just arrived. */
export function openContext(request: IncomingMessage, response: Reply): RequestContext {
  const url = request.url ?? '/';
  const query = url.indexOf('?');
  const traceparent = request.headers['traceparent'];
  return {
    id: makeRequestId(),
    request,
    response,
    path: (query === -1 ? url : url.slice(0, query)).slice(0, maxPathLength),
    hop: openHop(typeof traceparent === 'string' ? traceparent : undefined),
    startedAt: performance.now(),
    // Until another handler is set: code that reads the body or waits for a place then finds the request answered.
    revocation: createRevocation((error) => sendError(response, error)),
    known: false,
    record: null,
  };
}
