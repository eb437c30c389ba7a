import type { Change, RequestRecord } from '@kumiki/api';

/** Requests that were remembered and those told since; the later word about one counts. Newest first. */
export function joinRequests(
  history: readonly RequestRecord[],
  live: readonly RequestRecord[],
): readonly RequestRecord[] {
  const byId = new Map(history.map((one) => [one.id, one]));
  for (const one of live) {
    const known = byId.get(one.id);
    // A page that was asked for while it ended may know more than an older message.
    if (known === undefined || known.ended_at === null || one.ended_at !== null) byId.set(one.id, one);
  }
  return [...byId.values()].toSorted((a, b) => b.started_at - a.started_at);
}

/** Newest first, each once. */
export function joinChanges(history: readonly Change[], live: readonly Change[]): readonly Change[] {
  const byId = new Map([...history, ...live].map((one) => [one.id, one]));
  return [...byId.values()].toSorted((a, b) => b.at - a.at);
}
