import { closeSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { identifyProcess, isRunning } from './process-identity.ts';

const holderSchema = z.object({ pid: z.int().positive(), startedAt: z.string().nullable(), since: z.string() });
export type LockHolder = z.infer<typeof holderSchema>;

export type LockResult =
  | { readonly kind: 'acquired'; readonly release: () => void }
  | { readonly kind: 'held'; readonly by: LockHolder };

/**
 * Locks that may lie on each other: the lock, the one for taking it over, the one for taking that over. A second
 * is needed only after a crash in the middle of a takeover, so a third says that something else is wrong.
 */
const maxTakeoverDepth = 3;
/** Rounds of looking and creating that are tried while locks come and go before us. */
const maxAttempts = 5;

/**
 * Takes the one lock of a state folder. A lock whose process is gone, by `kill -9` or a power cut, is taken over.
 * @param now for the lock's own record.
 */
export function acquireLock(folder: string, now: Date): LockResult {
  const mine: LockHolder = { ...identifyProcess(process.pid), since: now.toISOString() };
  return acquirePath(join(folder, 'lock'), mine, maxTakeoverDepth);
}

/**
 * A stale lock is replaced only by who holds the lock for its takeover, and after another look: between a look
 * and a replacement without it, a faster process's new lock would be thrown away with the stale one.
 */
function acquirePath(path: string, mine: LockHolder, depth: number): LockResult {
  const text = JSON.stringify(mine);
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    if (createLock(path, text)) return { kind: 'acquired', release: () => releaseLock(path, text) };
    const found = readLock(path);
    if (found === 'none') continue;
    if (found !== 'unreadable' && isRunning(found)) return { kind: 'held', by: found };
    if (depth === 0) return { kind: 'held', by: found === 'unreadable' ? mine : found };
    const takeover = acquirePath(`${path}.takeover`, mine, depth - 1);
    if (takeover.kind === 'held') return takeover;
    try {
      const now = readLock(path);
      // A lock that is not there must not be removed either: its maker may be linking it at this moment.
      if (now === 'unreadable' || (now !== 'none' && !isRunning(now))) rmSync(path, { force: true });
      if (createLock(path, text)) return { kind: 'acquired', release: () => releaseLock(path, text) };
    } finally {
      takeover.release();
    }
  }
  return { kind: 'held', by: mine };
}

/** Who runs on a folder now, or null. */
export function findRunning(folder: string): LockHolder | null {
  const found = readLock(join(folder, 'lock'));
  return typeof found !== 'string' && isRunning(found) ? found : null;
}

/**
 * Creates the lock with its content in one step, by linking a whole file to its name: a lock is never seen
 * half-written, so an unreadable one is not a lock in the making.
 */
function createLock(path: string, text: string): boolean {
  const draft = `${path}.${process.pid}`;
  const file = openSync(draft, 'w', 0o600);
  try {
    writeSync(file, text);
  } finally {
    closeSync(file);
  }
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Who holds a lock, whether he still runs or not. Only a power cut leaves one that cannot be read. */
function readLock(path: string): LockHolder | 'none' | 'unreadable' {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'none' : 'unreadable';
  }
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return 'unreadable';
  }
}

/** Removes the lock if it is still ours. */
function releaseLock(path: string, text: string): void {
  try {
    if (readFileSync(path, 'utf8') === text) rmSync(path);
  } catch {
    // It is gone, as it should be.
  }
}
