import { type AccountsItem, KumikiError } from '@kumiki/api';
import { type Database, DatabaseError, type Queryable } from '@kumiki/postgres';

/** Changes that are kept for replicas of this service that were away; one that was away longer reads everything. */
const keptChanges = 10_000;
/** A statement of a change takes milliseconds, and the first one waits until no other change has the lock. */
const statementLimitMs = 10_000;

/** A replica that is paused within a change keeps all others waiting; the server ends its connection after this time. */
const idleInTransactionMs = 5_000;
/** SQLSTATE of a statement that took too long. */
const queryCanceled = '57014';

/** Sent when something has changed. */
export const changesChannel = 'kumiki_accounts';

/** Notes that a row has changed. */
export type Note = (kind: AccountsItem['kind'], id: string) => void;

/**
 * Changes accounts in one transaction, with an entry of the outbox for each row. All replicas make their changes one
 * after the other.
 * @param work gets the number that the first entry will have.
 */
export function change<Value>(
  database: Database,
  work: (transaction: Queryable, note: Note, number: number) => Promise<Value>,
): Promise<Value> {
  return locked(database, async (transaction, last) => {
    const kinds: string[] = [];
    const ids: string[] = [];
    const note: Note = (kind, id) => {
      kinds.push(kind);
      ids.push(id);
    };
    const value = await work(transaction, note, last + 1);
    if (ids.length > 0) await record(transaction, last, kinds, ids);
    return value;
  });
}

/**
 * Runs a transaction while all changes wait. Throws KumikiError `service_unavailable` when its turn does not come.
 * @param work gets the number of the last change.
 */
export async function locked<Value>(
  database: Database,
  work: (transaction: Queryable, last: number) => Promise<Value>,
): Promise<Value> {
  try {
    return await database.transaction(
      async (transaction) => work(transaction, await lockHead(transaction)),
      statementLimitMs,
    );
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.sqlState !== queryCanceled) throw error;
    const reason = 'Another change of keys, sessions or limits takes too long';
    throw new KumikiError('service_unavailable', { reason }, { retryAfterMs: 1_000, cause: error });
  }
}

/** Locks all changes out until the transaction ends. @returns the number of the last one. */
async function lockHead(transaction: Queryable): Promise<number> {
  const { rows } = await transaction.query<{ number: number }>(
    `SELECT number, set_config('idle_in_transaction_session_timeout', $1, true) FROM accounts.head FOR UPDATE`,
    [String(idleInTransactionMs)],
  );
  const number = rows[0]?.number;
  if (number === undefined) throw new Error('the table accounts.head has lost its row');
  return number;
}

async function record(
  transaction: Queryable,
  last: number,
  kinds: readonly string[],
  ids: readonly string[],
): Promise<void> {
  await transaction.query(
    `INSERT INTO accounts.outbox (number, kind, id)
     SELECT $1 + noted.at, noted.kind, noted.id FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS noted (kind, id, at)`,
    [last, kinds, ids],
  );
  const number = last + ids.length;
  await transaction.query('UPDATE accounts.head SET number = $1', [number]);
  await transaction.query('DELETE FROM accounts.outbox WHERE number <= $1', [number - keptChanges]);
  await transaction.query('SELECT pg_notify($1, $2)', [changesChannel, String(number)]);
}
