import { createHmac, randomBytes } from 'node:crypto';
import type { SessionRecord } from '@kumiki/api';
import { z } from 'zod';
import { writeFileAtomic } from '../home/atomic-file.ts';
import { readStateFile } from '../home/state-file.ts';

const storedSessionSchema = z.object({
  id: z.string(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  keyId: z.string(),
  createdAt: z.int(),
  expiresAt: z.int(),
});

/** Browsers that are signed in at once; the next one signs the oldest out, so that nobody can be kept out. */
const maxSessions = 256;

export const sessionSeconds = 14 * 24 * 3_600;

export interface SessionRing {
  /** Opens a session. The returned secret is the value of its cookie, and the only copy of it. */
  open(keyId: string): { readonly record: SessionRecord; readonly secret: string };
  /** @returns false when there is no such session. */
  close(id: string): boolean;
  get(id: string): SessionRecord | undefined;
  /** What a gateway must know. */
  snapshot(): readonly SessionRecord[];
  /** Tells of every new snapshot. */
  onChange(listener: (sessions: readonly SessionRecord[]) => void): void;
}

export interface SessionRingOptions {
  /** The file that keeps them over a restart. */
  readonly path: string;
  readonly pepper: Buffer;
  /** Unix seconds. */
  readonly now: () => number;
  readonly hasKey: (id: string) => boolean;
}

/** Reads the stored sessions; a damaged file is moved aside and `report` says so. */
export function openSessionRing(options: SessionRingOptions): { ring: SessionRing; report: string | null } {
  const { path, pepper, now, hasKey } = options;
  const read = readStateFile(path, z.array(storedSessionSchema).max(maxSessions));
  let sessions: readonly SessionRecord[] = read.kind === 'found' ? read.value : [];
  const listeners = new Set<(sessions: readonly SessionRecord[]) => void>();
  const replace = (next: readonly SessionRecord[]): void => {
    writeFileAtomic(path, `${JSON.stringify(next, null, 2)}\n`);
    sessions = next;
    for (const listener of listeners) listener(sessions);
  };
  /** Those that still let somebody in. */
  const living = (): SessionRecord[] => sessions.filter(({ expiresAt, keyId }) => expiresAt > now() && hasKey(keyId));

  const ring: SessionRing = {
    open(keyId) {
      const secret = randomBytes(32).toString('base64url');
      const createdAt = now();
      const record: SessionRecord = {
        id: `session_${randomBytes(9).toString('hex')}`,
        hash: createHmac('sha256', pepper).update(secret).digest('hex'),
        keyId,
        createdAt,
        expiresAt: createdAt + sessionSeconds,
      };
      replace([...living(), record].slice(-maxSessions));
      return { record, secret };
    },
    close(id) {
      const rest = sessions.filter((session) => session.id !== id);
      if (rest.length === sessions.length) return false;
      replace(rest);
      return true;
    },
    get: (id) => sessions.find((session) => session.id === id),
    snapshot: () => sessions,
    onChange: (listener) => void listeners.add(listener),
  };
  return { ring, report: read.kind === 'moved-aside' ? read.report : null };
}
