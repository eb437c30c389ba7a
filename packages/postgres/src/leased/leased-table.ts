/**
 * Rows of work, each of which one process works on at a time. A row is in one of four states:
 *
 * ```
 *             claim                     end
 *   waiting ─────────▶ held ─────────────────────▶ ended
 *      ▲               │  │ ▲
 *      └── release ────┘  │ │ claim, by any process
 *                         ▼ │
 *                        lost     the process died or hung, and its lease expired
 * ```
 *
 * | state   | `lease_owner` | `lease_until`                                  |
 * |---------|---------------|------------------------------------------------|
 * | waiting | null          | null, or the earliest time of the next claim   |
 * | held    | the process   | in the future                                  |
 * | lost    | the process   | in the past, or null                           |
 * | ended   | any           | any; the table's condition `open` is false     |
 *
 * Every claim adds one to `fence`, and only an end that shuts the holder out also changes it. A write succeeds only
 * while the row has the fence of the writer's claim, so a process that was presumed dead cannot change anything.
 *
 * Every claim also adds one to `claims`. Visible progress sets it to 0, and a release subtracts its claim. A later
 * claim finds in it the number of processes that the work has killed or hung.
 *
 * The table has the columns `project text`, `fence bigint`, `claims integer`, `lease_owner text` and `lease_until
 * timestamptz`. In the SQL fragments below the row is called `work`.
 */
export interface LeasedTable {
  /** Name of the table, with its schema. */
  readonly name: string;
  readonly key: { readonly column: string; readonly type: 'text' | 'bigint' };
  /** SQL condition: the row has work left. */
  readonly open: string;
  /** Columns that order the rows of one project for claiming; the last one is unique. */
  readonly order: readonly string[];
  /** Further SQL condition of rows that may be claimed. */
  readonly claimable?: string;
  /** SQL condition of rows whose claims are counted; all rows by default. */
  readonly counted?: string;
  /** SQL for the number of lost claims before this one; `claims` by default. */
  readonly lost?: string;
  /** SQL for the bytes of memory that a row takes while a process works on it. */
  readonly bytes?: string;
  /**
   * A table `(project text PRIMARY KEY, taken_at timestamptz)`. It breaks ties between projects that hold equally many
   * rows: the one that has waited longest for a claim comes first. Needed where a process holds few rows at once.
   */
  readonly turns?: string;
  /** Further assignments of a claim. */
  readonly onClaim?: string;
  /** The columns that a claim returns, and the joins that they need. */
  readonly columns: string;
  readonly joins?: string;
  /** The columns that a renewal returns. */
  readonly renewed: string;
  /** Sent to the other processes when rows become claimable. */
  readonly notice: { readonly channel: string; readonly payload: string };
}

/** The right to work on a row while the row has this fence. */
export interface Lease<Id extends string | number = string | number> {
  readonly id: Id;
  readonly fence: number;
}

/** Another process holds the row now, or the row has ended. The former holder stops and writes nothing more. */
export class LeaseLostError extends Error {
  constructor(id: string | number) {
    super(`the lease of ${id} is lost`);
    this.name = 'LeaseLostError';
  }
}

/**
 * The clock of all leases is the database's, since the clocks of processes differ. `statement_timestamp()` is constant
 * within a statement and advances within a transaction.
 */
export const leaseClock = 'statement_timestamp()';

/** SQL for the expiry of a lease that starts now. @param leaseMs the parameter with its length in milliseconds. */
export function leaseEnd(leaseMs: string): string {
  return `${leaseClock} + ${leaseMs} * interval '1 millisecond'`;
}
