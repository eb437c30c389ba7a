import { closeSync, fdatasyncSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';

/**
 * Which files of a log were written and are not known to be on the disk, and one `fdatasync` at a time for all of them:
 * whoever comes while it runs shares the next one.
 */
export interface GroupSync {
  wrote(path: string): void;
  isDirty(): boolean;
  /** Resolves when everything that was written before is on the disk. Rejects for good once a disk has refused. */
  settled(): Promise<void>;
  /** The same at once, for what must not be written before the log. */
  settleNow(): void;
}

export function createGroupSync(): GroupSync {
  const dirty = new Set<string>();
  let syncing: readonly string[] = [];
  let running: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | null = null;
  const flush = async (): Promise<void> => {
    syncing = [...dirty];
    dirty.clear();
    await Promise.all(syncing.map(syncFile));
    syncing = [];
  };
  return {
    wrote: (path) => void dirty.add(path),
    isDirty: () => dirty.size > 0 || syncing.length > 0,
    settled() {
      // What is being synced now was written before, too; one more is needed only for what came since.
      if (dirty.size === 0) return running;
      waiting ??= running.then(() => {
        waiting = null;
        running = flush();
        return running;
      });
      return waiting;
    },
    settleNow() {
      for (const path of new Set([...syncing, ...dirty])) syncFileNow(path);
      dirty.clear();
    },
  };
}

// For writing, since Windows flushes no other.
async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+').catch(ignoreAbsent);
  if (file === null) return;
  try {
    await file.datasync();
  } finally {
    await file.close();
  }
}

function syncFileNow(path: string): void {
  let file: number;
  try {
    file = openSync(path, 'r+');
  } catch (error) {
    return void ignoreAbsent(error);
  }
  try {
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A part of the log is removed or renamed only after a checkpoint, which has synced it. */
function ignoreAbsent(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
  throw error;
}
