/**
 * What a client's request counts against its key's limits: as a request per minute and as an open request, as a request per
 * minute only, or not at all. Tokens count wherever a model is asked.
 */
export type Demand = 'request_and_place' | 'request' | 'nothing';

/**
 * What the console requests without a user's action: one stream for each tab, and who is signed in. A key at its limit
 * must also be able to sign out and to see its limits. Pages are public and have no key.
 */
const uncounted: ReadonlySet<string> = new Set(['/v1/kumiki/live', '/v1/kumiki/me', '/v1/kumiki/session']);

/** Requests that end work: a key whose places are all taken must be able to free one. */
const ending = /^\/v1\/(?:responses|batches|vector_stores\/[^/]+\/file_batches)\/[^/]+\/cancel$/;

export function chooseDemand(method: string, path: string): Demand {
  if (uncounted.has(path)) return 'nothing';
  return method === 'POST' && ending.test(path) ? 'request' : 'request_and_place';
}
