import { randomBytes } from 'node:crypto';
import { checkApiKeyFormat, type CreateKeyBody, KumikiError, makeApiKey, noKeyLimits, redactApiKey } from '@kumiki/api';
import type { Database, Queryable } from '@kumiki/postgres';
import type { SecretHash } from '@kumiki/seal';
import { maxKeys, maxKeysBytes, type StoredKey } from '../keys/stored-key.ts';
import { change, type Note } from './change.ts';
import { addProject, dropProject } from './projects.ts';
import { readKeyRow } from './rows.ts';

/** Stores a new key. Throws KumikiError `conflict` when a limit is reached. */
export async function createKey(
  database: Database,
  hash: SecretHash,
  body: CreateKeyBody,
): Promise<{ record: StoredKey; key: string }> {
  const key = makeApiKey(randomBytes);
  const record = await change(database, (transaction, note, number) =>
    insert({ transaction, note, number }, hash(key), key, body),
  );
  return { record, key };
}

/**
 * Stores a key that somebody has brought, with all rights, in a database in which nothing was ever stored: how a new
 * installation gets its first one.
 * @returns whether it was stored.
 */
export function adoptFirstKey(database: Database, hash: SecretHash, key: string): Promise<boolean> {
  if (checkApiKeyFormat(key) !== 'valid') throw new Error('the first key is not a whole key of Kumiki');
  return change(database, async (transaction, note, number) => {
    if (number !== 1) return false;
    await insert({ transaction, note, number }, hash(key), key, firstKeyBody);
    return true;
  });
}

const firstKeyBody: CreateKeyBody = {
  name: 'first',
  project: 'default',
  roles: ['inference', 'admin'],
  models: null,
  limits: noKeyLimits,
  expires_at: null,
};

interface Changing {
  readonly transaction: Queryable;
  readonly note: Note;
  readonly number: number;
}

async function insert(
  { transaction, note, number }: Changing,
  hash: string,
  key: string,
  body: CreateKeyBody,
): Promise<StoredKey> {
  const id = `key_${randomBytes(9).toString('hex')}`;
  const lists = [JSON.stringify(body.roles), body.models === null ? null : JSON.stringify(body.models)] as const;
  const limits = JSON.stringify(body.limits);
  const parts = [id, body.name, body.project, hash, ...lists, limits, redactApiKey(key)];
  const bytes = parts.reduce((sum, part) => sum + Buffer.byteLength(part ?? ''), 0);
  await requireRoom(transaction, bytes);
  await addProject(transaction, body.project);
  const { rows } = await transaction.query<{ row: unknown }>(
    `INSERT INTO accounts.keys AS keys
       (id, made, name, project, hash, roles, models, limits, created_at, expires_at, redacted, bytes)
     VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7::jsonb, $8::jsonb,
       extract(epoch FROM statement_timestamp())::bigint, $9, $10, $11)
     RETURNING row_to_json(keys) AS row`,
    [id, number, body.name, body.project, hash, ...lists, limits, body.expires_at, redactApiKey(key), bytes],
  );
  note('key', id);
  return readKeyRow(rows[0]?.row);
}

async function requireRoom(transaction: Queryable, bytes: number): Promise<void> {
  const { rows } = await transaction.query<{ count: number; bytes: number }>(
    'SELECT count(*) AS count, coalesce(sum(bytes), 0)::bigint AS bytes FROM accounts.keys',
  );
  const there = rows[0] ?? { count: 0, bytes: 0 };
  if (there.count >= maxKeys) throw noRoom(`There are ${maxKeys} keys, which is the limit`);
  const total = there.bytes + bytes;
  if (total > maxKeysBytes) throw noRoom(`The keys would have ${total} bytes, more than the limit of ${maxKeysBytes}`);
}

function noRoom(reason: string): KumikiError {
  return new KumikiError('conflict', { reason: `${reason}; revoke some first` });
}

/** Removes a key with its sessions. @returns false when there is no such key. */
export function revokeKey(database: Database, id: string): Promise<boolean> {
  return change(database, async (transaction, note) => {
    const sessions = await transaction.query<{ id: string }>(
      'DELETE FROM accounts.sessions WHERE key_id = $1 RETURNING id',
      [id],
    );
    const { rows } = await transaction.query<{ project: string }>(
      'DELETE FROM accounts.keys WHERE id = $1 RETURNING project',
      [id],
    );
    if (rows[0] === undefined) return false;
    // The key first: who reads no further knows what matters most.
    note('key', id);
    for (const session of sessions.rows) note('session', session.id);
    await dropProject(transaction, rows[0].project);
    return true;
  });
}
