import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Concurrent syncs; file systems batch them in their journal. */
const concurrency = 16;

/** Syncs everything below a folder to disk, including the folders themselves. */
export async function syncTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  await syncAll(files, 'r+');
  if (process.platform === 'win32') return;
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  await syncAll([...folders, folder], 'r');
}

async function syncAll(paths: readonly string[], flags: string): Promise<void> {
  const rest = paths.values();
  const work = async (): Promise<void> => {
    for (const path of rest) {
      const file = await open(path, flags);
      try {
        await file.sync();
      } finally {
        await file.close();
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
}
