import type { Parameter } from './database.ts';
import type { SessionState } from './wire/frames.ts';

/** What goes to the thread of the embedded database, and what comes back. */
export type ThreadRequest = { readonly id: number } & (
  | {
      readonly type: 'query';
      readonly sql: string;
      readonly parameters: readonly Parameter[];
      /** Whether somebody is told of it: then what it wrote must be on the disk. Not within a transaction. */
      readonly settles: boolean;
    }
  /** Messages of PostgreSQL's protocol that are answered together; what settles, and when, shows in the answer. */
  | { readonly type: 'wire'; readonly bytes: Uint8Array }
  | { readonly type: 'listen'; readonly channel: string }
  | { readonly type: 'close' }
);

export type ThreadReply =
  | { readonly type: 'open' }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'result'; readonly id: number; readonly rows: readonly unknown[]; readonly count: number }
  /** The connection is free for the next statement; the result follows when what it knows is on the disk. */
  | { readonly type: 'ran'; readonly id: number }
  | {
      readonly type: 'error';
      readonly id: number;
      readonly message: string;
      readonly code: string | null;
      readonly constraint: string | null;
    }
  | { readonly type: 'notice'; readonly channel: string; readonly payload: string };

/** The one row of the result of messages of PostgreSQL's protocol. */
export interface WireReply {
  readonly bytes: Uint8Array;
  readonly state: SessionState;
}
