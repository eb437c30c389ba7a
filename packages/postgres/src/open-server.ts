import pg from 'pg';
import { checkParameters } from './check-parameters.ts';
import { type Database, DatabaseError, type Parameter, type Queryable, type QueryResult } from './database.ts';
import { runWhole } from './run-whole.ts';
import { translateError } from './translate-error.ts';

/** Connections of one process. PostgreSQL's default of 100 is enough for several replicas of each service. */
const defaultMaxConnections = 10;
const connectTimeoutMs = 5_000;
const idleTimeoutMs = 60_000;
/** Limit of a statement. Migrations and index builds set their own for their transactions. */
const statementTimeoutMs = 30_000;
/** Grace beyond a statement's limit, after which the server or the network counts as hung. */
const lateMs = 10_000;
const idleInTransactionMs = 60_000;

/** Time between two attempts to listen again. */
const relistenMs = 500;

/** int8 (20) as a number: counts and sequence numbers stay far below 2^53. */
const types = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === 20 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

export interface ServerOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  readonly maxConnections?: number;
}

/** A pool of connections to a PostgreSQL server. Connects at the first query. */
export function openServer(options: ServerOptions): Database {
  const config: pg.PoolConfig = {
    connectionString: options.url,
    application_name: options.applicationName,
    max: options.maxConnections ?? defaultMaxConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: idleTimeoutMs,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + lateMs,
    idle_in_transaction_session_timeout: idleInTransactionMs,
    keepAlive: true,
    types,
  };
  const pool = new pg.Pool(config);
  // An idle connection that breaks is replaced at the next query; without this listener its error would end the
  // process.
  pool.on('error', () => {});
  const listeners = new Set<() => Promise<void>>();

  return {
    kind: 'server',
    query: <Row>(sql: string, parameters?: readonly Parameter[]) =>
      onConnection(pool, statementTimeoutMs, (connection) => connection.query<Row>(sql, parameters)),
    transaction: (work, limitMs = statementTimeoutMs) =>
      onConnection(pool, limitMs, (connection) => inTransaction(connection, limitMs, work)),
    async listen(channel, onMessage) {
      const stop = startListening(config, channel, onMessage);
      listeners.add(stop);
      return async () => {
        listeners.delete(stop);
        await stop();
      };
    },
    async close() {
      await Promise.all([...listeners].map((stop) => stop()));
      await pool.end();
    },
  };
}

/**
 * Lends a connection of the pool. It returns to the pool after any answer of the database, errors included, and is
 * closed otherwise: a connection without an answer in time still waits for it and cannot be reused.
 */
async function onConnection<Value>(
  pool: pg.Pool,
  limitMs: number,
  work: (connection: Queryable) => Promise<Value>,
): Promise<Value> {
  const client = await pool.connect().catch((error: unknown) => {
    throw translateError(error);
  });
  let broken: Error | null = null;
  // A lent connection that breaks reports here in addition to the failing query.
  const onError = (error: Error): void => void (broken ??= translateError(error));
  client.on('error', onError);
  try {
    return await work({
      async query<Row>(sql: string, parameters: readonly Parameter[] = []) {
        if (broken !== null) throw broken;
        checkParameters(parameters);
        try {
          const statement = { text: sql, values: toDriver(parameters), query_timeout: limitMs + lateMs };
          return toResult<Row>(await client.query(statement));
        } catch (error) {
          const translated = translateError(error);
          if (!(translated instanceof DatabaseError)) broken ??= translated;
          throw translated;
        }
      },
    });
  } finally {
    client.off('error', onError);
    client.release(broken !== null);
  }
}

async function inTransaction<Value>(
  connection: Queryable,
  limitMs: number,
  work: (transaction: Queryable) => Promise<Value>,
): Promise<Value> {
  try {
    await connection.query('BEGIN');
    if (limitMs !== statementTimeoutMs) await connection.query(`SET LOCAL statement_timeout = ${Math.ceil(limitMs)}`);
    const value = await runWhole(connection.query, work);
    await connection.query('COMMIT');
    return value;
  } catch (error) {
    await connection.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

/** Listens on a separate connection, and reconnects until it is stopped. */
function startListening(
  config: pg.PoolConfig,
  channel: string,
  onMessage: (payload: string | null) => void,
): () => Promise<void> {
  let stopped = false;
  let client: pg.Client | null = null;
  let timer: NodeJS.Timeout | null = null;

  const again = (): void => {
    if (stopped || timer !== null) return;
    client?.removeAllListeners();
    // The old connection may still report errors after it was replaced.
    client?.on('error', () => {});
    void client?.end().catch(() => {});
    client = null;
    timer = setTimeout(() => {
      timer = null;
      void connect();
    }, relistenMs);
  };
  const connect = async (): Promise<void> => {
    const mine = new pg.Client(config);
    client = mine;
    mine.on('error', again);
    mine.on('end', again);
    mine.on('notification', ({ payload }) => onMessage(payload ?? ''));
    try {
      await mine.connect();
      await mine.query(`LISTEN ${mine.escapeIdentifier(channel)}`);
      // Notifications until now were missed.
      if (!stopped) onMessage(null);
    } catch {
      again();
    }
  };
  const started = connect();
  return async () => {
    stopped = true;
    if (timer !== null) clearTimeout(timer);
    await started;
    client?.removeAllListeners();
    client?.on('error', () => {});
    await client?.end().catch(() => {});
  };
}

function toDriver(parameters: readonly Parameter[]): unknown[] {
  return parameters.map((value) =>
    value instanceof Uint8Array && !Buffer.isBuffer(value)
      ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      : value,
  );
}

function toResult<Row>(result: pg.QueryResult): QueryResult<Row> {
  return { rows: result.rows as Row[], count: result.rowCount ?? result.rows.length };
}
