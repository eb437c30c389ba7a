import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** An empty file; SQLite locks a range of its bytes far behind its end, and never writes to it. */
export const lockFile = 'lock.db';

/** Whoever only looks holds the file for less than a millisecond; the one who wants it waits that out. */
const lookersWaitMs = 500;

const sqlite = { permission: 3, busy: 5, readOnly: 8, cannotOpen: 14, notDatabase: 26 } as const;

export type OsLock =
  | { readonly kind: 'taken'; release(): void }
  | { readonly kind: 'busy' }
  /** Nothing can be locked there; `reason` is half a sentence. */
  | { readonly kind: 'impossible'; readonly reason: string };

/** Held locks by themselves: one whose object was collected as garbage would be closed, and with it given up. */
const held = new Set<DatabaseSync>();

/**
 * Takes a lock of the operating system, which the kernel gives up when this process ends, however it ends, and which
 * holds in other containers and, where the file system is shared with its locks, on other machines.
 *
 * It is SQLite's exclusive lock (`fcntl`, on Windows `LockFileEx`), since Node has no call of its own. POSIX takes such
 * locks away when the process closes any other descriptor of the file: nothing of ours may open it but this file.
 */
export function takeOsLock(path: string): OsLock {
  try {
    // Only a file that is not there is opened, so no held lock is lost by the closing.
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') throw error;
    if (code !== 'EEXIST') return { kind: 'impossible', reason: `its file cannot be made (${code})` };
  }
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(path, { timeout: lookersWaitMs });
    // Without it SQLite would write a journal for changes that never come.
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

/** Whether somebody holds it. Changes nothing, and makes no file. */
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
