import type { ServerResponse } from 'node:http';

/** Counts the replies that clients wait for, up to their last byte. Replies to services of the installation do not count. */
export interface OpenReplies {
  add(response: ServerResponse): void;
  readonly count: number;
}

export function createOpenReplies(): OpenReplies {
  let count = 0;
  return {
    add(response) {
      count++;
      response.once('close', () => count--);
    },
    get count() {
      return count;
    },
  };
}
