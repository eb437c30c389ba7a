/**
 * Work that one process at a time does, as rows of a table. A row is in one of four states:
 *
 * ```
 *             claim                     end
 *   waiting ─────────▶ held ─────────────────────▶ ended
 *      ▲               │  │ ▲
 *      └── release ────┘  │ │ claim, by any process
 *                         ▼ │
 *                        lost     the process died or fell silent: its lease ran out
 * ```
 *
 * | state   | `lease_owner` | `lease_until`                                  |
 * |---------|---------------|------------------------------------------------|
 * | waiting | null          | null, or the earliest time of the next claim   |
 * | held    | the process   | in the future                                  |
 * | lost    | the process   | in the past, or null                           |
 * | ended   | any           | any; the table's condition `open` is false     |
 *
 * Every claim adds one to `fence`, and nothing else changes it but an end that shuts the holder out. A write counts only
 * while the row has the fence that the writer's claim gave it, so a process that was thought dead changes nothing.
 *
 * Every claim also adds one to `claims`. Progress that others can see sets it to 0, and a release takes the one claim
 * back. What a later claim finds in it is the number of processes that the work has ended or silenced.
 *
 * The table has the columns `project text`, `fence bigint`, `claims integer`, `lease_owner text` and
 * `lease_until timestamptz`. In each piece of SQL below the row is called `work`.
 */
export interface LeasedTable {
  /** With its schema. */
  readonly name: string;
  readonly key: { readonly column: string; readonly type: 'text' | 'bigint' };
  /** Whether there is still work to do on a row. */
  readonly open: string;
  /** Columns by which the rows of one project are claimed in turn; the last one is unique. */
  readonly order: readonly string[];
  /** A further condition on rows that may be claimed. */
  readonly claimable?: string;
  /** Rows whose claims are counted, where those of others say nothing; all of them by default. */
  readonly counted?: string;
  /** Claims that were lost before this one, where `claims` does not tell all. */
  readonly lost?: string;
  /** Bytes of memory that a row takes while a process works on it. */
  readonly bytes?: string;
  /**
   * A table `(project text PRIMARY KEY, taken_at timestamptz)`. With it, of projects with equally many rows held, the one
   * is next that has waited longest for a claim. Needed where a process holds few rows at once.
   */
  readonly turns?: string;
  /** Further assignments of a claim. */
  readonly onClaim?: string;
  /** What a claim returns of a row, and the joins that this needs. */
  readonly columns: string;
  readonly joins?: string;
  /** What a renewal returns of a row. */
  readonly renewed: string;
  /** Told to the other processes when rows may be claimed. */
  readonly notice: { readonly channel: string; readonly payload: string };
}

/** The right to work on a row for as long as the row has this fence. */
export interface Lease<Id extends string | number = string | number> {
  readonly id: Id;
  readonly fence: number;
}

/** Another process has the row now, or it has ended. The holder stops and writes nothing more. */
export class LeaseLostError extends Error {
  constructor(id: string | number) {
    super(`the lease of ${id} is lost`);
    this.name = 'LeaseLostError';
  }
}

/**
 * The one clock of all leases: the database's, since those of processes differ. It is the time at which the database
 * received the statement, which is the same in all of a statement and moves on within a transaction.
 */
export const leaseClock = 'statement_timestamp()';

/** SQL for the end of a lease that begins now. @param leaseMs the parameter with its length in milliseconds. */
export function leaseEnd(leaseMs: string): string {
  return `${leaseClock} + ${leaseMs} * interval '1 millisecond'`;
}
