import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { KumikiError } from '@kumiki/api';
import { acquireLock, describeImpossible, describeRunning, fullDiskError } from '@kumiki/service/folder';
import { closeToOthers, requireOwnFolder } from './close-home.ts';
import { type HomeFolder, homePaths } from './home-folder.ts';

/** A state folder that this process holds exclusively. */
export interface HeldHome extends HomeFolder {
  /** Releases it. */
  release(): void;
  /** Releases the folder of the embedded database to the process that serves it. */
  releaseData(): void;
}

/** Lock file of earlier versions. */
const formerLock = 'lock';

/**
 * Creates a state folder if missing, and locks it and the folder of the embedded database, which may be on another
 * mount. Throws KumikiError `conflict` when another process holds one of them, or when it cannot be locked; nothing in
 * it is changed then.
 */
export async function holdHome(path: string): Promise<HeldHome> {
  try {
    return await hold(homePaths(path));
  } catch (error) {
    throw fullDiskError(error);
  }
}

async function hold(home: HomeFolder): Promise<HeldHome> {
  mkdirSync(home.path, { recursive: true, mode: 0o700 });
  requireOwnFolder(home.path);
  const releases = [await takeFolder(home.path)];
  const release = (): void => {
    for (const one of releases.splice(0).toReversed()) one();
  };
  try {
    closeToOthers(home.path);
    for (const folder of [home.logs, home.cache, home.data, home.models, home.snapshots])
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    releases.push(await takeFolder(home.data));
    rmSync(join(home.path, formerLock), { force: true });
  } catch (error) {
    release();
    throw error;
  }
  const releaseData = (): void => releases.splice(1).forEach((one) => one());
  return { ...home, release, releaseData };
}

async function takeFolder(folder: string): Promise<() => void> {
  const lock = await acquireLock(folder, new Date());
  switch (lock.kind) {
    case 'acquired':
      return lock.release;
    case 'held':
      throw new KumikiError('conflict', { reason: describeRunning(folder, lock.by) });
    case 'impossible':
      throw new KumikiError('conflict', { reason: describeImpossible(folder, lock.reason) });
  }
}
