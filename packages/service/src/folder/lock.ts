import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { judgeLockMount } from './judge-lock-mount.ts';
import {
  describeMyself,
  removeHolderRecord,
  isHere,
  isOfThisPlace,
  type LockHolder,
  readHolder,
  writeHolder,
} from './lock-holder.ts';
import { isOsLocked, lockFile, type OsLock, takeOsLock } from './os-lock.ts';
import { probeLock } from './probe-lock.ts';

/** The process that holds a folder. */
export interface Running {
  /** null when it has not recorded who it is. */
  readonly holder: LockHolder | null;
  /** Whether its process can be seen and signalled from here. */
  readonly isHere: boolean;
}

export type LockResult =
  | { readonly kind: 'acquired'; readonly release: () => void }
  | { readonly kind: 'held'; readonly by: Running }
  /** The folder cannot be locked; `reason` is part of a sentence. */
  | { readonly kind: 'impossible'; readonly reason: string };

/**
 * Takes the lock of an existing folder. It must be taken before anything else in the folder is read or written. It ends
 * with this process, and is never taken from a running one.
 * @param now for the record of the holder.
 * @param isProbed whether another process has just verified that locks work there; verifying takes a separate process.
 */
export async function acquireLock(folder: string, now: Date, isProbed = false): Promise<LockResult> {
  const mount = mountReason(folder);
  if (mount !== null) return { kind: 'impossible', reason: mount };
  const path = join(folder, lockFile);
  const lock = takeOsLock(path);
  if (lock.kind === 'impossible') return lock;
  if (lock.kind === 'busy') return refuse(folder);
  try {
    const reason = isProbed ? null : await probeLock(path);
    if (reason !== null) {
      lock.release();
      return { kind: 'impossible', reason };
    }
    recordHolder(folder, now);
  } catch (error) {
    lock.release();
    throw error;
  }
  return { kind: 'acquired', release: lock.release };
}

function recordHolder(folder: string, now: Date): void {
  try {
    writeHolder(folder, describeMyself(now));
  } catch {
    // The disk is full. Others see that the folder is locked, but not by whom.
    removeHolderRecord(folder);
  }
}

/** The process that holds a folder, or null. */
export function findRunning(folder: string): Running | null {
  const path = join(folder, lockFile);
  if (!existsSync(path) || !isOsLocked(path)) return null;
  return whoRuns(folder);
}

/** A record whose process has ended is the previous holder's; the current one has not written its own yet. */
function whoRuns(folder: string): Running {
  const holder = readHolder(folder);
  if (holder === null) return { holder: null, isHere: false };
  const here = isHere(holder);
  return { holder: here || !isOfThisPlace(holder) ? holder : null, isHere: here };
}

/** Some file systems report "busy" when they do not support locks. On those a new file is busy too. */
function refuse(folder: string): LockResult {
  const by = whoRuns(folder);
  if (by.holder !== null) return { kind: 'held', by };
  const path = join(folder, `lock-trial-${randomBytes(6).toString('hex')}.db`);
  const trial: OsLock = takeOsLock(path);
  if (trial.kind === 'taken') trial.release();
  rmSync(path, { force: true });
  if (trial.kind === 'taken') return { kind: 'held', by };
  return { kind: 'impossible', reason: trial.kind === 'busy' ? 'the file system does not lock files' : trial.reason };
}

function mountReason(folder: string): string | null {
  if (process.platform !== 'linux') return null;
  try {
    return judgeLockMount(readFileSync('/proc/self/mountinfo', 'utf8'), realpathSync(folder));
  } catch {
    // Without /proc the mount is unknown; the probing process still checks.
    return null;
  }
}
