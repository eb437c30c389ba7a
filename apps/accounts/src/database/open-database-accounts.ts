import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Database, migrate } from '@kumiki/postgres';
import { createSecretHash } from '@kumiki/seal';
import { ConfigError, type Log } from '@kumiki/service';
import type { AccountStores } from '../stores/account-stores.ts';
import { adoptFirstKey, createKey, revokeKey } from './database-keys.ts';
import { createDatabaseLinks } from './database-links.ts';
import { endSessions, openSession } from './database-sessions.ts';
import { type Mirror, openMirror } from './mirror.ts';
import { setProjectLimits } from './projects.ts';
import { limitsOf } from './rows.ts';

/** After which a new key or session is known at gateways that follow another replica: only then is its maker told. */
const spreadMs = 100;

export interface DatabaseAccounts extends AccountStores {
  readonly mirror: Mirror;
  close(): Promise<void>;
}

export interface DatabaseAccountsOptions {
  readonly database: Database;
  readonly pepper: Buffer;
  /** A key with all rights, stored where nothing was ever stored; null without one. */
  readonly firstKey: string | null;
  readonly log: Log;
}

/**
 * Opens the accounts of a database, which several replicas may do at once. Throws ConfigError when the keys in it were
 * hashed under another pepper.
 */
export async function openDatabaseAccounts(options: DatabaseAccountsOptions): Promise<DatabaseAccounts> {
  const { database, pepper, firstKey, log } = options;
  await migrate(database, 'accounts', fileURLToPath(new URL('../../migrations', import.meta.url)));
  const hash = createSecretHash(pepper);
  await checkPepper(database, hash(pepperCheck));
  if (firstKey !== null && (await adoptFirstKey(database, hash, firstKey))) log.info('the first key was stored');
  const mirror = await openMirror(database, log);
  const isLive = createLiving(mirror);
  // Arrays of the maps, made again when something has changed.
  const keys = cached(mirror, () => [...mirror.state().keys.values()]);
  const sessions = cached(mirror, () => [...mirror.state().sessions.values()]);
  const arrived = async (): Promise<void> => {
    await mirror.catchUp();
    await pause(spreadMs);
  };
  return {
    pepper,
    mirror,
    keys: {
      records: keys,
      nameOf: (id) => mirror.state().keys.get(id)?.name ?? null,
      async create(body) {
        const made = await createKey(database, hash, body);
        await arrived();
        return made;
      },
      async revoke(id) {
        const isGone = await revokeKey(database, id);
        await mirror.catchUp();
        return isGone;
      },
    },
    sessions: {
      async open(keyId, userAgent = null) {
        const opened = await openSession(database, hash, keyId, userAgent);
        await arrived();
        return opened;
      },
      async end(isMeant) {
        const ids = sessions()
          .filter(isMeant)
          .map(({ id }) => id);
        const count = await endSessions(database, ids);
        await mirror.catchUp();
        return count;
      },
      get(id) {
        const session = mirror.state().sessions.get(id);
        return session !== undefined && isLive(session) ? session : undefined;
      },
      list: () => sessions().filter(isLive),
    },
    signInLinks: createDatabaseLinks(database),
    projectLimits: {
      of: (project) => {
        const own = mirror.state().projectLimits.get(project);
        return { limits: limitsOf(own), own: Object.keys(own ?? {}) as (keyof typeof own)[] };
      },
      projects: () => [...mirror.state().projectLimits.keys()].toSorted(),
      async set(project, wanted) {
        await setProjectLimits(database, project, wanted);
        await mirror.catchUp();
      },
    },
    fresh: mirror.catchUp,
    close: mirror.close,
  };
}

const pepperCheck = 'which pepper this is';

async function checkPepper(database: Database, check: string): Promise<void> {
  const { rows } = await database.query<{ pepper_check: string }>(
    'UPDATE accounts.head SET pepper_check = coalesce(pepper_check, $1) RETURNING pepper_check',
    [check],
  );
  if (rows[0]?.pepper_check === check) return;
  throw new ConfigError([
    'KUMIKI_PEPPER_FILE: the keys in this database were stored under another pepper, and no key would be valid under this one.',
  ]);
}

/** Whether a session and its key have not expired. */
function createLiving(mirror: Mirror) {
  return ({ expiresAt, keyId }: { readonly expiresAt: number; readonly keyId: string }): boolean => {
    const now = Math.floor(Date.now() / 1_000);
    const key = mirror.state().keys.get(keyId);
    return expiresAt > now && key !== undefined && (key.expiresAt === null || key.expiresAt > now);
  };
}

function cached<Value>(mirror: Mirror, make: () => readonly Value[]): () => readonly Value[] {
  let at = '';
  let value: readonly Value[] = [];
  return () => {
    const now = `${mirror.generation()} ${mirror.state().number}`;
    if (now !== at) value = make();
    at = now;
    return value;
  };
}
