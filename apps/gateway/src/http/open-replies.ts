import type { ServerResponse } from 'node:http';

/** The replies that clients wait for, to their last byte; those to services of the installation are not among them. */
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
