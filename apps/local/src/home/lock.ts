import { closeSync, linkSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { identifyProcess, isRunning } from './process-identity.ts';

const holderSchema = z.object({ pid: z.int().positive(), startedAt: z.string().nullable(), since: z.string() });
export type LockHolder = z.infer<typeof holderSchema>;

export type LockResult =
  | { readonly kind: 'acquired'; readonly release: () => void }
  | { readonly kind: 'held'; readonly by: LockHolder };

/** Takeovers of a stale lock that are tried before another process is believed to be faster every time. */
const maxAttempts = 5;

/**
 * Takes the one lock of a state folder. A lock whose process is gone, by `kill -9` or a power cut, is taken over.
 * @param now for the lock's own record.
 */
export function acquireLock(folder: string, now: Date): LockResult {
  const path = join(folder, 'lock');
  const mine: LockHolder = { ...identifyProcess(process.pid), since: now.toISOString() };
  const text = JSON.stringify(mine);
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    if (createLock(path, text)) return { kind: 'acquired', release: () => releaseLock(path, text) };
    const holder = readLock(folder);
    if (holder !== null && isRunning(holder)) return { kind: 'held', by: holder };
    removeStale(path, holder);
  }
  return { kind: 'held', by: readLock(folder) ?? mine };
}

/** Who holds the folder's lock; null when nobody does, or nobody who still runs could be read from it. */
export function readLock(folder: string): LockHolder | null {
  try {
    const result = holderSchema.safeParse(JSON.parse(readFileSync(join(folder, 'lock'), 'utf8')));
    return result.success ? result.data : null;
  } catch {
    return null;
  }
}

/** Who runs on a folder now, or null. */
export function findRunning(folder: string): LockHolder | null {
  const holder = readLock(folder);
  return holder !== null && isRunning(holder) ? holder : null;
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

/** Removes a stale lock, unless another process has put its own in its place since we looked. */
function removeStale(path: string, seen: LockHolder | null): void {
  const aside = `${path}.stale-${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  const taken = parseHolder(aside);
  if (taken !== null && (taken.pid !== seen?.pid || taken.since !== seen.since) && isRunning(taken)) {
    try {
      linkSync(aside, path);
    } catch {
      // A third process was faster still; its lock stands.
    }
  }
  rmSync(aside, { force: true });
}

function parseHolder(path: string): LockHolder | null {
  try {
    const result = holderSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return result.success ? result.data : null;
  } catch {
    return null;
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
