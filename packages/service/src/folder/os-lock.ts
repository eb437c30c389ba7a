import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** An empty file. SQLite locks a byte range far beyond its end, and never writes to it. */
export const lockFile = 'lock.db';

/** A process that only checks holds the lock for less than a millisecond; this wait outlasts such checks. */
const lookersWaitMs = 500;

const sqlite = { permission: 3, busy: 5, readOnly: 8, cannotOpen: 14, notDatabase: 26 } as const;

export type OsLock =
  | { readonly kind: 'taken'; release(): void }
  | { readonly kind: 'busy' }
  /** Locks are not supported there; `reason` is part of a sentence. */
  | { readonly kind: 'impossible'; readonly reason: string };

/** References to held locks: garbage collection would close a database and release its lock. */
const held = new Set<DatabaseSync>();

/**
 * Takes a lock of the operating system. The kernel releases it when this process ends in any way. It holds across
 * containers and, if the shared file system supports locks, across machines.
 *
 * It is SQLite's exclusive lock (`fcntl`, on Windows `LockFileEx`), since Node has no call of its own. POSIX releases
 * such locks when the process closes any other descriptor of the file, so no other code may open it.
 */
export function takeOsLock(path: string): OsLock {
  try {
    // Opens the file only if it does not exist, so closing it releases no held lock.
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') throw error;
    if (code !== 'EEXIST') return { kind: 'impossible', reason: `its file cannot be made (${code})` };
  }
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(path, { timeout: lookersWaitMs });
    // Without it SQLite would create a journal file.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    return refusalOf(error);
  }
  const taken = database;
  held.add(taken);
  return {
    kind: 'taken',
    release() {
      if (held.delete(taken)) taken.close();
    },
  };
}

/** Whether a process holds it. Changes nothing, and creates no file. */
export function isOsLocked(path: string): boolean {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    database.prepare('SELECT 1 FROM sqlite_schema').all();
    return false;
  } catch (error) {
    return primaryCode(error) === sqlite.busy;
  } finally {
    database?.close();
  }
}

function refusalOf(error: unknown): OsLock {
  switch (primaryCode(error)) {
    case sqlite.busy:
      return { kind: 'busy' };
    case sqlite.readOnly:
    case sqlite.permission:
    case sqlite.cannotOpen:
      return { kind: 'impossible', reason: 'this process may not write to it' };
    case sqlite.notDatabase:
      return { kind: 'impossible', reason: 'its file holds something else; delete it while nothing runs' };
    default:
      return { kind: 'impossible', reason: `the file system does not lock files (${(error as Error).message})` };
  }
}

/** SQLite's extended codes have the primary one in their last byte. */
function primaryCode(error: unknown): number {
  const { errcode } = error as { errcode?: unknown };
  return typeof errcode === 'number' ? errcode & 0xff : -1;
}
