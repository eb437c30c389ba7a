import { randomBytes } from 'node:crypto';
import { maxUserAgentCharacters, type SessionRecord, sessionRecordSchema } from '@kumiki/api';
import { createSecretHash } from '@kumiki/seal';
import { createStateWriter, readStateFile, type StateKind } from '@kumiki/service/folder';
import { z } from 'zod';
import { chooseStaying } from './choose-staying.ts';

const storedSessionSchema = sessionRecordSchema.extend({
  userAgent: z.string().max(maxUserAgentCharacters).nullable().default(null),
});
/** A session as it is stored: the hash of its secret, and what its browser said of itself. */
export type StoredSession = z.infer<typeof storedSessionSchema>;

/** Browsers that are signed in at once with one key; the next one signs the oldest of that key out. */
const maxSessionsPerKey = 128;
/** Those of all keys; then the key that has most gives up its oldest, so that nobody can keep others out. */
const maxSessions = 4_096;

/** A session with the longest name of a browser, every character of it escaped, has 1,800. */
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
  /** Ends those that are meant, at once. @returns how many there were, when no start brings them back. */
  end(isMeant: (session: StoredSession) => boolean): Promise<number>;
  /** One that still lets somebody in. */
  get(id: string): StoredSession | undefined;
  /** Those that still let somebody in, the oldest first. */
  list(): readonly StoredSession[];
  /** Forgets those that let nobody in any more, so that nobody waits for their end. */
  prune(): void;
  /** What a gateway must know. */
  snapshot(): readonly SessionRecord[];
  /** Tells of every new snapshot, at once. Who changed the sessions waits until it has been heard. */
  onChange(listener: (sessions: readonly SessionRecord[]) => unknown): void;
}

export interface SessionRingOptions {
  /** The file that keeps them over a restart. */
  readonly path: string;
  readonly pepper: Buffer;
  /** Unix seconds. */
  readonly now: () => number;
  /** Whether the key of a session is still good for anything. */
  readonly hasKey: (id: string) => boolean;
}

/** Reads the stored sessions. Those of a damaged file are lost, which costs a sign-in, and `report` says so. */
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
      const room = { perKey: maxSessionsPerKey, total: maxSessions };
      try {
        await replace([...chooseStaying(living(), keyId, room), session]);
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
    // One that stays in the file lets nobody in either.
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

/** A stranger's text: one line of bounded length, nothing that turns its direction or moves a cursor. */
function shortUserAgent(text: string): string {
  return text
    .replaceAll(/[\p{C}\p{Z}]+/gu, ' ')
    .slice(0, maxUserAgentCharacters)
    .toWellFormed()
    .trim();
}
