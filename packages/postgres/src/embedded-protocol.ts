import type { Parameter } from './database.ts';
import type { SessionState } from './wire/frames.ts';

/** The messages to and from the thread of the embedded database. */
export type ThreadRequest = { readonly id: number } & (
  | {
      readonly type: 'query';
      readonly sql: string;
      readonly parameters: readonly Parameter[];
      /**
       * Whether the result is acknowledged to a caller, so that its writes must be on disk first. False within a
       * transaction.
       */
      readonly settles: boolean;
    }
  /**
   * Messages of PostgreSQL's protocol that are answered together. Whether the answer waits for the disk follows from
   * the session state in it.
   */
  | { readonly type: 'wire'; readonly bytes: Uint8Array }
  | { readonly type: 'listen'; readonly channel: string }
  | { readonly type: 'close' }
);

export type ThreadReply =
  | { readonly type: 'open' }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'result'; readonly id: number; readonly rows: readonly unknown[]; readonly count: number }
  /** The connection is free for the next statement; the result follows when its writes are on disk. */
  | { readonly type: 'ran'; readonly id: number }
  | {
      readonly type: 'error';
      readonly id: number;
      readonly message: string;
      readonly code: string | null;
      readonly constraint: string | null;
    }
  | { readonly type: 'notice'; readonly channel: string; readonly payload: string };

/** The one row of the result of a `wire` request. */
export interface WireReply {
  readonly bytes: Uint8Array;
  readonly state: SessionState;
}
