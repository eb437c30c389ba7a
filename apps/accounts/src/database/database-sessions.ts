import { randomBytes } from 'node:crypto';
import { KumikiError } from '@kumiki/api';
import type { Database, Queryable } from '@kumiki/postgres';
import type { SecretHash } from '@kumiki/seal';
import { chooseStaying } from '../sessions/choose-staying.ts';
import { sessionRoom, sessionSeconds, shortUserAgent, type StoredSession } from '../sessions/session-ring.ts';
import { change, type Note } from './change.ts';
import { readSessionRow } from './rows.ts';

/** SQL for the time of the database in Unix seconds. The clocks of replicas differ. */
export const nowSeconds = 'extract(epoch FROM statement_timestamp())::bigint';

/**
 * Opens a session, and ends those that make room for it. Throws KumikiError `invalid_session` when the key was revoked.
 * @returns it with its secret, of which there is no other copy.
 */
export function openSession(
  database: Database,
  hash: SecretHash,
  keyId: string,
  userAgent: string | null,
): Promise<{ readonly record: StoredSession; readonly secret: string }> {
  const secret = randomBytes(32).toString('base64url');
  return change(database, async (transaction, note, number) => {
    await requireLiveKey(transaction, keyId);
    await makeRoom(transaction, note, keyId);
    const { rows } = await transaction.query<{ row: unknown }>(
      `INSERT INTO accounts.sessions AS sessions (id, made, hash, key_id, created_at, expires_at, user_agent)
       VALUES ($1, $2, $3, $4, ${nowSeconds}, ${nowSeconds} + $5::bigint, $6) RETURNING row_to_json(sessions) AS row`,
      [
        `session_${randomBytes(9).toString('hex')}`,
        number,
        hash(secret),
        keyId,
        sessionSeconds,
        userAgent === null ? null : shortUserAgent(userAgent),
      ],
    );
    const record = readSessionRow(rows[0]?.row);
    note('session', record.id);
    return { record, secret };
  });
}

async function requireLiveKey(transaction: Queryable, keyId: string): Promise<void> {
  const { rows } = await transaction.query(
    `SELECT id FROM accounts.keys WHERE id = $1 AND (expires_at IS NULL OR expires_at > ${nowSeconds})`,
    [keyId],
  );
  if (rows.length === 0) throw new KumikiError('invalid_session', { reason: 'its key was revoked' });
}

/** Removes sessions that have expired, whose keys have, and those that leave for another one of this key. */
async function makeRoom(transaction: Queryable, note: Note, keyId: string): Promise<void> {
  const { rows: there } = await transaction.query<{ id: string; key_id: string; lives: boolean }>(
    `SELECT sessions.id, sessions.key_id,
       sessions.expires_at > ${nowSeconds} AND (keys.expires_at IS NULL OR keys.expires_at > ${nowSeconds}) AS lives
     FROM accounts.sessions JOIN accounts.keys ON keys.id = sessions.key_id ORDER BY sessions.made, sessions.id`,
  );
  const living = there.filter(({ lives }) => lives).map(({ id, key_id }) => ({ id, keyId: key_id }));
  const staying = new Set(chooseStaying(living, keyId, sessionRoom).map(({ id }) => id));
  await remove(
    transaction,
    note,
    there.filter(({ id }) => !staying.has(id)).map(({ id }) => id),
  );
}

/** Ends sessions. @returns how many of them were there. */
export function endSessions(database: Database, ids: readonly string[]): Promise<number> {
  return change(database, (transaction, note) => remove(transaction, note, ids));
}

async function remove(transaction: Queryable, note: Note, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0;
  const { rows } = await transaction.query<{ id: string }>(
    'DELETE FROM accounts.sessions WHERE id = ANY($1::text[]) RETURNING id',
    [ids],
  );
  for (const { id } of rows) note('session', id);
  return rows.length;
}
