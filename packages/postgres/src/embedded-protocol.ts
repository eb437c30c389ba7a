import type { Parameter } from './database.ts';

/** What goes to the thread of the embedded database, and what comes back. */
export type ThreadRequest = { readonly id: number } & (
  | { readonly type: 'query'; readonly sql: string; readonly parameters: readonly Parameter[] }
  /** Several statements without parameters. */
  | { readonly type: 'script'; readonly sql: string }
  | { readonly type: 'listen'; readonly channel: string }
  | { readonly type: 'close' }
);

export type ThreadReply =
  | { readonly type: 'open' }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'result'; readonly id: number; readonly rows: readonly unknown[]; readonly count: number }
  | {
      readonly type: 'error';
      readonly id: number;
      readonly message: string;
      readonly code: string | null;
      readonly constraint: string | null;
    }
  | { readonly type: 'notice'; readonly channel: string; readonly payload: string };
