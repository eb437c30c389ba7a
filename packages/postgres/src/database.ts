/** What services need from PostgreSQL, the same for a server and for the embedded database. */

/** Values of parameters. JSON is passed as text with a `::jsonb` cast, vectors as `[1,2]` with `::vector`. */
export type Parameter = string | number | boolean | null | Date | Uint8Array | readonly string[] | readonly number[];

export interface QueryResult<Row> {
  readonly rows: readonly Row[];
  /** Rows that were returned or changed. */
  readonly count: number;
}

export interface Queryable {
  /**
   * Runs one statement. Throws KumikiError `service_unavailable` when the database cannot be reached, is shutting down or
   * too busy, and DatabaseError with its SQLSTATE when it refuses the statement.
   */
  query<Row = Record<string, unknown>>(sql: string, parameters?: readonly Parameter[]): Promise<QueryResult<Row>>;
}

export interface Database extends Queryable {
  readonly kind: 'server' | 'embedded';
  /**
   * Runs statements in one transaction, which commits when `work` resolves and rolls back when it rejects. Inside
   * `work` only its argument may be used: the embedded database has one connection, so any other query would deadlock.
   * `work` changes nothing but rows, since it is run again after a deadlock or a serialization failure.
   * @param limitMs limit of each statement on a server; 30 s by default.
   */
  transaction<Value>(work: (transaction: Queryable) => Promise<Value>, limitMs?: number): Promise<Value>;
  /**
   * Calls back for each NOTIFY on a channel, and with null whenever some may have been missed. Returns a function that
   * stops listening. A notification is a hint and must never be the only way to learn of a change.
   */
  listen(channel: string, onMessage: (payload: string | null) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

/** A statement that the database refused. */
export class DatabaseError extends Error {
  /** SQLSTATE, five characters; see appendix A of PostgreSQL's manual. */
  readonly sqlState: string;
  readonly constraint: string | null;

  constructor(message: string, sqlState: string, constraint: string | null, cause: unknown) {
    super(message, { cause });
    this.name = 'DatabaseError';
    this.sqlState = sqlState;
    this.constraint = constraint;
  }
}

/** Whether a row with that key already existed. */
export function isUniqueViolation(thrown: unknown): boolean {
  return thrown instanceof DatabaseError && thrown.sqlState === '23505';
}
