import type { Database, Queryable } from '@kumiki/postgres';
import { chooseStaying } from '../sessions/choose-staying.ts';
import {
  hashOfLink,
  linkRefusal,
  linkRoom,
  linkSeconds,
  makeLink,
  type LinkMaker,
  type MadeLink,
  type SignInLinks,
} from '../sessions/sign-in-links.ts';
import { locked } from './change.ts';
import { nowSeconds } from './database-sessions.ts';

/** Links that sign in, in the database: one may be used at another replica than the one that made it. */
export function createDatabaseLinks(database: Database): SignInLinks {
  return {
    make: (maker, url) => locked(database, (transaction) => insert(transaction, maker, url)),
    use: (token) => locked(database, (transaction) => use(transaction, token)),
  };
}

/** SQL condition: the key and the session that made a link are still there. */
const lives = `EXISTS (SELECT FROM accounts.keys WHERE keys.id = links.key_id
    AND (keys.expires_at IS NULL OR keys.expires_at > ${nowSeconds}))
  AND (links.session_id IS NULL OR EXISTS (SELECT FROM accounts.sessions
    WHERE sessions.id = links.session_id AND sessions.expires_at > ${nowSeconds}))`;

async function insert(transaction: Queryable, { keyId, sessionId }: LinkMaker, url: string): Promise<MadeLink> {
  await transaction.query(
    `DELETE FROM accounts.sign_in_links AS links WHERE expires_at <= ${nowSeconds} OR NOT (${lives})`,
  );
  const { rows } = await transaction.query<{ hash: string; key_id: string }>(
    'SELECT hash, key_id FROM accounts.sign_in_links ORDER BY made',
  );
  const open = rows.map(({ hash, key_id }) => ({ hash, keyId: key_id }));
  const staying = chooseStaying(open, keyId, linkRoom).map(({ hash }) => hash);
  await transaction.query('DELETE FROM accounts.sign_in_links WHERE NOT (hash = ANY($1::text[]))', [staying]);
  const { token, link } = makeLink(url);
  const made = await transaction.query<{ expires_at: number }>(
    `INSERT INTO accounts.sign_in_links (hash, key_id, session_id, expires_at)
     VALUES ($1, $2, $3, ${nowSeconds} + $4::bigint) RETURNING expires_at`,
    [hashOfLink(token), keyId, sessionId, linkSeconds],
  );
  return { url: link, expiresAt: made.rows[0]?.expires_at ?? 0 };
}

async function use(transaction: Queryable, token: string): Promise<string> {
  const { rows } = await transaction.query<{ key_id: string; used: boolean; expired: boolean; lives: boolean }>(
    `SELECT key_id, used, expires_at <= ${nowSeconds} AS expired, ${lives} AS lives
     FROM accounts.sign_in_links AS links WHERE hash = $1`,
    [hashOfLink(token)],
  );
  const [link] = rows;
  if (link === undefined) throw linkRefusal('is not known here');
  if (link.used) throw linkRefusal('has been used');
  if (link.expired) throw linkRefusal('has expired');
  if (!link.lives) throw linkRefusal('ended with the key or the session that made it');
  await transaction.query('UPDATE accounts.sign_in_links SET used = true WHERE hash = $1', [hashOfLink(token)]);
  return link.key_id;
}
