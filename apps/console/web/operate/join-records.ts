import type { Change, RequestRecord } from '@kumiki/api';

/** Stored requests joined with those of the live stream, of which the latest version counts. Newest first. */
export function joinRequests(
  history: readonly RequestRecord[],
  live: readonly RequestRecord[],
): readonly RequestRecord[] {
  const byId = new Map(history.map((one) => [one.id, one]));
  for (const one of live) {
    const known = byId.get(one.id);
    // A page that was fetched while the request ended may be newer than a message.
    if (known === undefined || known.ended_at === null || one.ended_at !== null) byId.set(one.id, one);
  }
  return [...byId.values()].toSorted((a, b) => b.started_at - a.started_at);
}

/** Newest first, each once. */
export function joinChanges(history: readonly Change[], live: readonly Change[]): readonly Change[] {
  const byId = new Map([...history, ...live].map((one) => [one.id, one]));
  return [...byId.values()].toSorted((a, b) => b.at - a.at);
}
