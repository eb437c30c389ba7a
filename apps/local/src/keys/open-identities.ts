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
  const hasKey = (id: string): boolean => keys.records().some((key) => key.id === id);
  const { ring: sessions, report: sessionsReport } = openSessionRing({ path: home.sessions, pepper, now, hasKey });
  return {
    identities: { pepper, keys, sessions, signInLinks: createSignInLinks(now) },
    reports: [pepperReport, keysReport, sessionsReport].filter((report) => report !== null),
  };
}
