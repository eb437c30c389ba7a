import { randomBytes } from 'node:crypto';
import { maxUserAgentCharacters, type SessionRecord, sessionRecordSchema } from '@kumiki/api';
import { createSecretHash } from '@kumiki/seal';
import { createStateWriter, readStateFile, type StateKind } from '@kumiki/service/folder';
import { z } from 'zod';
import { chooseStaying } from './choose-staying.ts';

const storedSessionSchema = sessionRecordSchema.extend({
  userAgent: z.string().max(maxUserAgentCharacters).nullable().default(null),
});
/** A session as it is stored: the hash of its secret, and the `user-agent` of its browser. */
export type StoredSession = z.infer<typeof storedSessionSchema>;

/** Most sessions of one key; the next sign-in ends the oldest of that key. */
const maxSessionsPerKey = 128;
/** Most sessions of all keys. Beyond it the key with the most loses its oldest, so that no key can keep others out. */
const maxSessions = 4_096;
/** The same two limits, for a choice of those that stay. */
export const sessionRoom = { perKey: maxSessionsPerKey, total: maxSessions };

/** Longest file. A session with the longest `user-agent`, every character escaped, has 1,800 bytes. */
const maxSessionsBytes = 8_388_608;

const allSessionsSchema = z.array(storedSessionSchema).max(maxSessions);
const sessionsFile: StateKind<StoredSession[]> = {
  what: 'The sessions',
  schema: allSessionsSchema,
  maxBytes: maxSessionsBytes,
  former: allSessionsSchema,
};

export const sessionSeconds = 14 * 24 * 3_600;

export interface SessionRing {
  /** Opens a session. The returned secret is the value of its cookie, and the only copy of it. */
  open(keyId: string, userAgent?: string | null): Promise<{ readonly record: SessionRecord; readonly secret: string }>;
  /** Ends the matching sessions at once. @returns their number, when the change is durable. */
  end(isMeant: (session: StoredSession) => boolean): Promise<number>;
  /** A valid session. */
  get(id: string): StoredSession | undefined;
  /** The valid sessions, oldest first. */
  list(): readonly StoredSession[];
  /** Removes invalid sessions from the file, in the background. */
  prune(): void;
  /** The snapshot for gateways. */
  snapshot(): readonly SessionRecord[];
  /** Calls back at once with every new snapshot. Who changed the sessions waits until it has been heard. */
  onChange(listener: (sessions: readonly SessionRecord[]) => unknown): void;
}

/** What routes need of the sessions, wherever they are stored. */
export type Sessions = Pick<SessionRing, 'open' | 'end' | 'get' | 'list'>;

export interface SessionRingOptions {
  /** The file that stores the sessions. */
  readonly path: string;
  readonly pepper: Buffer;
  /** Unix seconds. */
  readonly now: () => number;
  /** Whether a session's key exists and has not expired. */
  readonly hasKey: (id: string) => boolean;
}

/** Reads the stored sessions. A damaged file is dropped, which costs users a sign-in, and `report` says so. */
export function openSessionRing(options: SessionRingOptions): { ring: SessionRing; report: string | null } {
  const { path, now, hasKey } = options;
  const hashOf = createSecretHash(options.pepper);
  const read = readStateFile(path, sessionsFile);
  const write = createStateWriter(path, sessionsFile);
  let sessions: readonly StoredSession[] = read.kind === 'found' ? read.value : [];
  const listeners = new Set<(sessions: readonly SessionRecord[]) => unknown>();
  const snapshot = (): readonly SessionRecord[] => sessions.map(recordOf);
  const tell = (): Promise<unknown> => Promise.all([...listeners].map((listener) => listener(snapshot())));
  const replace = async (next: readonly StoredSession[]): Promise<void> => {
    sessions = next;
    await Promise.all([tell(), write([...next])]);
  };
  const lives = ({ expiresAt, keyId }: StoredSession): boolean => expiresAt > now() && hasKey(keyId);
  const living = (): StoredSession[] => sessions.filter(lives);
  const keep = async (rest: readonly StoredSession[]): Promise<number> => {
    const gone = sessions.length - rest.length;
    if (gone > 0) await replace(rest);
    return gone;
  };

  const ring: SessionRing = {
    async open(keyId, userAgent = null) {
      const secret = randomBytes(32).toString('base64url');
      const createdAt = now();
      const session: StoredSession = {
        id: `session_${randomBytes(9).toString('hex')}`,
        hash: hashOf(secret),
        keyId,
        createdAt,
        expiresAt: createdAt + sessionSeconds,
        userAgent: userAgent === null ? null : shortUserAgent(userAgent),
      };
      try {
        await replace([...chooseStaying(living(), keyId, sessionRoom), session]);
      } catch (error) {
        sessions = sessions.filter(({ id }) => id !== session.id);
        void tell();
        throw error;
      }
      return { record: recordOf(session), secret };
    },
    end: (isMeant) => keep(sessions.filter((session) => !isMeant(session))),
    get: (id) => sessions.find((session) => session.id === id && lives(session)),
    list: living,
    // Failure is harmless: an expired session in the file is not valid either.
    prune: () => void keep(living()).catch(() => {}),
    snapshot,
    onChange: (listener) => void listeners.add(listener),
  };
  return { ring, report: read.kind === 'damaged' ? lost(path, read.reason) : null };
}

function lost(path: string, reason: string): string {
  return `${path} cannot be used (${reason}): everybody who was signed in with a browser signs in again.`;
}

function recordOf({ id, hash, keyId, createdAt, expiresAt }: StoredSession): SessionRecord {
  return { id, hash, keyId, createdAt, expiresAt };
}

/** Untrusted text, reduced to one line of bounded length without control or direction characters. */
export function shortUserAgent(text: string): string {
  return text
    .replaceAll(/[\p{C}\p{Z}]+/gu, ' ')
    .slice(0, maxUserAgentCharacters)
    .toWellFormed()
    .trim();
}
