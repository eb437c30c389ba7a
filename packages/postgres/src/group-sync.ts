import { closeSync, fdatasyncSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';

/**
 * Group commit: tracks the log files with unsynced writes and runs one `fdatasync` at a time. Callers that arrive while
 * it runs share the next one.
 */
export interface GroupSync {
  wrote(path: string): void;
  isDirty(): boolean;
  /** Resolves when everything written before is on disk. After one failure it always rejects. */
  settled(): Promise<void>;
  /** The same synchronously, for pages that must not be written before the log. */
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
      // Without newer writes the running sync covers everything.
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

// Opened for writing, since Windows flushes only such files.
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
