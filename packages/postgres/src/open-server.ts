import pg from 'pg';
import { checkParameters } from './check-parameters.ts';
import { type Database, DatabaseError, type Parameter, type Queryable, type QueryResult } from './database.ts';
import { runWhole } from './run-whole.ts';
import { translateError } from './translate-error.ts';

/** Connections of one process. PostgreSQL's default of 100 serves several replicas of each service. */
const defaultMaxConnections = 10;
const connectTimeoutMs = 5_000;
const idleTimeoutMs = 60_000;
/** No statement of ours takes longer, save migrations and index builds, whose transactions bring their own limit. */
const statementTimeoutMs = 30_000;
/** An answer that is so much later than its statement's limit does not come: the server or the way to it has frozen. */
const lateMs = 10_000;
const idleInTransactionMs = 60_000;

/** Between two attempts to listen again. */
const relistenMs = 500;

/** int8 (20) as a number: counts and sequence numbers here stay far below 2^53. */
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

/** A pool of connections to a PostgreSQL server. Nothing is connected before the first query. */
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
  // A connection that breaks while idle is replaced at the next query; without a listener it would end the process.
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
 * Lends a connection of the pool. It goes back after whatever the database answered, refusals included, and is closed
 * after anything else: one that did not answer in time still waits for that answer, and nothing more can be asked of it.
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
  // A connection that breaks while it is lent reports here too, beside the query that fails.
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

/** Listens on a connection of its own, and connects again for as long as it is wanted. */
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
    // The old connection may still report errors after it was given up.
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
      // Whatever was notified until now has been missed.
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
