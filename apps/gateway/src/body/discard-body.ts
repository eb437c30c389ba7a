import type { RequestContext } from '../http/request-context.ts';
import { drainBody } from './read-body.ts';

/** Most bytes of a refused request's body that are read so that its connection can be used again. */
const maxDiscardedBytes = 67_108_864;

/** The same for somebody who has shown no valid key, and how long they may take. */
const maxUnknownDiscardedBytes = 131_072;
const unknownDiscardMs = 2_000;

/** A body that nobody will read is thrown away as it comes; one that does not end soon takes its connection with it. */
export async function discardBody({ request, known }: RequestContext, bodyTimeoutMs: number): Promise<void> {
  const { socket } = request;
  const limitMs = known ? bodyTimeoutMs : Math.min(unknownDiscardMs, bodyTimeoutMs);
  const timer = setTimeout(() => {
    // Once it is complete the connection may carry the next request.
    if (!request.complete) socket.destroySoon();
  }, limitMs);
  timer.unref();
  const reachedEnd = await drainBody(request, known ? maxDiscardedBytes : maxUnknownDiscardedBytes);
  clearTimeout(timer);
  if (!reachedEnd) socket.destroySoon();
}
