import type { Database } from '@kumiki/postgres';
import type { Hub } from './hub.ts';

/** The channel on which replicas tell each other of runs. */
export const noticeChannel = 'kumiki_responses';

/** What replicas tell each other; each is a hint, and whoever misses one finds out by looking. */
export const notices = {
  /** A batch of the response was stored. */
  stored: (id: string) => `s ${id}`,
  /** The response shall be cancelled, or is deleted. */
  stop: (id: string) => `c ${id}`,
  /** A driver has let go of its runs. */
  released: 'r',
} as const;

export interface NoticeHandlers {
  readonly hub: Hub;
  readonly onStop: (responseId: string) => void;
  readonly onReleased: () => void;
}

/** Passes on what other replicas tell. Returns what ends it. */
export function listenToNotices(database: Database, handlers: NoticeHandlers): Promise<() => Promise<void>> {
  return database.listen(noticeChannel, (payload) => {
    if (payload === null) {
      handlers.hub.wakeAll();
      handlers.onReleased();
    } else if (payload.startsWith('s ')) handlers.hub.publish(payload.slice(2), null);
    else if (payload.startsWith('c ')) handlers.onStop(payload.slice(2));
    else if (payload === notices.released) handlers.onReleased();
  });
}
