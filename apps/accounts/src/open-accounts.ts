import type { AccountsFolder } from './folder/accounts-folder.ts';
import { readAdminKey } from './keys/admin-key-file.ts';
import { type KeyRing, openKeyRing } from './keys/key-ring.ts';
import { openKeyStore } from './keys/key-store.ts';
import { openPepper } from './keys/pepper-file.ts';
import { type LimitsRing, openLimitsRing } from './limits/limits-ring.ts';
import { openSessionRing, type SessionRing } from './sessions/session-ring.ts';
import { createSignInLinks } from './sessions/sign-in-links.ts';
import type { AccountStores } from './stores/account-stores.ts';

/** Keys, browser sessions and project limits in the files of one machine. */
export interface Accounts extends AccountStores {
  readonly keys: KeyRing;
  readonly sessions: SessionRing;
  readonly projectLimits: LimitsRing;
}

/**
 * Opens them from the state folder. Throws KumikiError `conflict` when keys, pepper, limits or the machine's own key
 * are damaged.
 * @param now Unix seconds.
 * @returns them, and a sentence for each damaged file that could be dropped.
 */
export function openAccounts(home: AccountsFolder, now: () => number): { accounts: Accounts; reports: string[] } {
  const store = openKeyStore(home);
  // The folder of keys is created first, so that an installation with a pepper always has one.
  const pepper = openPepper(home.pepper, store.found.length === 0);
  readAdminKey(home.adminKey);
  const keys = openKeyRing(home, store, pepper, now);
  const hasKey = watchKeys(keys, now);
  const { ring: sessions, report } = openSessionRing({ path: home.sessions, pepper, now, hasKey });
  const projectLimits = openLimitsRing(home.limits);
  // A revoked key ends its sessions.
  keys.onChange(sessions.prune);
  const signInLinks = createSignInLinks(
    now,
    ({ keyId, sessionId }) => hasKey(keyId) && (sessionId === null || sessions.get(sessionId) !== undefined),
  );
  return {
    accounts: { pepper, keys, sessions, signInLinks, projectLimits },
    reports: report === null ? [] : [report],
  };
}

/** Whether the key of an id exists and has not expired, without a search. */
function watchKeys(keys: KeyRing, now: () => number): (id: string) => boolean {
  let records: ReturnType<KeyRing['records']> = [];
  let ends: ReadonlyMap<string, number | null> = new Map();
  return (id) => {
    // A new snapshot is a new array.
    if (keys.records() !== records) {
      records = keys.records();
      ends = new Map(records.map((key) => [key.id, key.expiresAt]));
    }
    const end = ends.get(id);
    return end !== undefined && (end === null || end > now());
  };
}
