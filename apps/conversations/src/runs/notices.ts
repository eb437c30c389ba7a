import type { Hub } from './hub.ts';

/** The channel on which replicas tell each other of runs. */
export const noticeChannel = 'kumiki_responses';

/** What replicas tell each other. Each is a hint: a replica that misses one finds out by looking. */
export const notices = {
  /** A batch of the response was stored. */
  stored: (id: string) => `s ${id}`,
  /** The response is to be cancelled, or was deleted. */
  stop: (id: string) => `c ${id}`,
  /** There are runs to claim. */
  released: 'r',
} as const;

/** Passes on what other replicas tell. @returns whether there may be runs to claim. */
export function hearNotice(
  payload: string | null,
  { hub, onStop }: { readonly hub: Hub; readonly onStop: (responseId: string) => void },
): boolean {
  if (payload === null) hub.wakeAll();
  else if (payload.startsWith('s ')) hub.publish(payload.slice(2), null);
  else if (payload.startsWith('c ')) onStop(payload.slice(2));
  return payload === null || payload === notices.released;
}
