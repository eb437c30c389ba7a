import type { HomeFolder } from '../home/home-folder.ts';
import { openPepper } from '../home/pepper.ts';
import { openSessionRing, type SessionRing } from '../sessions/session-ring.ts';
import { createSignInLinks, type SignInLinks } from '../sessions/sign-in-links.ts';
import { type KeyRing, openKeyRing } from './key-ring.ts';

/** Who may come in, by a key or with a browser. */
export interface Identities {
  readonly pepper: Buffer;
  readonly keys: KeyRing;
  readonly sessions: SessionRing;
  readonly signInLinks: SignInLinks;
}

/** Opens them from the state folder. @param now Unix seconds. @returns them, and a sentence for each damaged file. */
export function openIdentities(home: HomeFolder, now: () => number): { identities: Identities; reports: string[] } {
  const { pepper, report: pepperReport } = openPepper(home.pepper);
  const { ring: keys, report: keysReport } = openKeyRing(home, pepper, now);
  const hasKey = watchKeys(keys, now);
  const { ring: sessions, report: sessionsReport } = openSessionRing({ path: home.sessions, pepper, now, hasKey });
  // A key takes its sessions along.
  keys.onChange(sessions.prune);
  const signInLinks = createSignInLinks(
    now,
    ({ keyId, sessionId }) => hasKey(keyId) && (sessionId === null || sessions.get(sessionId) !== undefined),
  );
  return {
    identities: { pepper, keys, sessions, signInLinks },
    reports: [pepperReport, keysReport, sessionsReport].filter((report) => report !== null),
  };
}

/** Tells of an id whether its key is good for anything, without a search. */
function watchKeys(keys: KeyRing, now: () => number): (id: string) => boolean {
  let records: ReturnType<KeyRing['records']> = [];
  let ends: ReadonlyMap<string, number | null> = new Map();
  return (id) => {
    // Another snapshot is another array.
    if (keys.records() !== records) {
      records = keys.records();
      ends = new Map(records.map((key) => [key.id, key.expiresAt]));
    }
    const end = ends.get(id);
    return end !== undefined && (end === null || end > now());
  };
}
