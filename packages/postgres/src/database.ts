/** What services need of PostgreSQL. The same on a server and on the embedded database. */

/** Values of parameters. JSON goes as its text with a `::jsonb` cast, vectors as `[1,2]` with `::vector`. */
export type Parameter = string | number | boolean | null | Date | Uint8Array | readonly string[] | readonly number[];

export interface QueryResult<Row> {
  readonly rows: readonly Row[];
  /** Rows that were returned or changed. */
  readonly count: number;
}

export interface Queryable {
  /**
   * Runs one statement. Throws KumikiError `service_unavailable` when the database cannot be reached or is going
   * down, DatabaseError with its SQLSTATE when it refuses the statement.
   */
  query<Row = Record<string, unknown>>(sql: string, parameters?: readonly Parameter[]): Promise<QueryResult<Row>>;
}

export interface Database extends Queryable {
  readonly kind: 'server' | 'embedded';
  /**
   * Runs statements in one transaction: all of them count, or none when `work` rejects. Inside `work` only its
   * argument may be used: the embedded database has one connection, and would wait for itself.
   * @param limitMs how long each statement may take on a server; half a minute if not given.
   */
  transaction<Value>(work: (transaction: Queryable) => Promise<Value>, limitMs?: number): Promise<Value>;
  /**
   * Calls back for each NOTIFY on a channel, and with null whenever some may have been missed. Returns what ends it.
   * A notification is a hint and never the only way to learn of a change.
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

/** Whether a row of that key was there already. */
export function isUniqueViolation(thrown: unknown): boolean {
  return thrown instanceof DatabaseError && thrown.sqlState === '23505';
}
