import type { Hub } from './hub.ts';

/** The channel on which replicas notify each other about runs. */
export const noticeChannel = 'kumiki_responses';

/** The notices between replicas. Each is a hint: a replica that misses one finds the change by polling. */
export const notices = {
  /** A batch of the response was stored. */
  stored: (id: string) => `s ${id}`,
  /** The response should be cancelled, or was deleted. */
  stop: (id: string) => `c ${id}`,
  /** There are runs to claim. */
  released: 'r',
} as const;

/** Handles a notice of another replica. @returns whether there may be runs to claim. */
export function hearNotice(
  payload: string | null,
  { hub, onStop }: { readonly hub: Hub; readonly onStop: (responseId: string) => void },
): boolean {
  if (payload === null) hub.wakeAll();
  else if (payload.startsWith('s ')) hub.publish(payload.slice(2), null);
  else if (payload.startsWith('c ')) onStop(payload.slice(2));
  return payload === null || payload === notices.released;
}
