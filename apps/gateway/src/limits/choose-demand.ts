/**
 * What a request of a client counts against its key's limits: as one of the requests per minute and as one of those that
 * are open at once, as the former alone, or not at all. Tokens count wherever a model is asked.
 */
export type Demand = 'request_and_place' | 'request' | 'nothing';

/**
 * What the console asks for by itself, however little its user does: one stream for each tab, and who is signed in. Nor may
 * a key that is at its limit be kept from signing out. Pages are public and have no key at all.
 */
const uncounted: ReadonlySet<string> = new Set(['/v1/kumiki/live', '/v1/kumiki/session']);

/** Ends work: a key that has all of its places taken must be able to give one free. */
const ending = /^\/v1\/(?:responses|batches|vector_stores\/[^/]+\/file_batches)\/[^/]+\/cancel$/;

export function chooseDemand(method: string, path: string): Demand {
  if (uncounted.has(path)) return 'nothing';
  return method === 'POST' && ending.test(path) ? 'request' : 'request_and_place';
}
