import { KumikiError } from '@kumiki/api/errors';
import { DatabaseError } from './database.ts';

/** Milliseconds until a client should retry while the database is unavailable. */
const retryAfterMs = 1_000;

/** Errors of the connection, not of the statement: Node's codes, and classes or codes of SQLSTATE. */
const connectionCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '25P03', // idle_in_transaction_session_timeout: the server has closed the connection
  '53300', // too_many_connections
  '25006', // read_only_sql_transaction: a standby that was the primary
]);

/** Errors that `pg` reports only as a message, when a connection ends during a query or none is available in time. */
const connectionMessage =
  /^(Connection terminated|Client was closed|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout|The server does not support|Cannot use a pool after)/i;

/** Converts any error of a driver. */
export function translateError(thrown: unknown): Error {
  if (thrown instanceof KumikiError || thrown instanceof DatabaseError) return thrown;
  if (!(thrown instanceof Error)) return new KumikiError('internal_error', {}, { cause: thrown });
  const { code, constraint } = thrown as Error & { code?: unknown; constraint?: unknown };
  const known = typeof code === 'string' ? code : '';
  if (connectionCodes.has(known) || /^08...$/.test(known) || connectionMessage.test(thrown.message)) {
    return unavailable(thrown);
  }
  if (/^[0-9A-Z]{5}$/.test(known)) {
    return new DatabaseError(thrown.message, known, typeof constraint === 'string' ? constraint : null, thrown);
  }
  return thrown;
}

export function unavailable(cause: unknown): KumikiError {
  return new KumikiError('service_unavailable', { reason: 'The database cannot be reached' }, { retryAfterMs, cause });
}
