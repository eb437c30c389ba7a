import { readdirSync, rmSync } from 'node:fs';
import module from 'node:module';
import { dirname } from 'node:path';

/**
 * Most files of a compile cache, of some KiB each. Node keeps a file for each module and each version of Node, and removes none; the
 * whole of Kumiki has about 3,000.
 */
const maxCacheFiles = 20_000;

/** Empties a compile cache that has grown beyond its bound. It is filled again by what is started next. */
export function boundCompileCache(folder: string, maxFiles = maxCacheFiles): void {
  try {
    if (readdirSync(folder, { recursive: true }).length > maxFiles) rmSync(folder, { recursive: true, force: true });
  } catch {
    // There is none, or it belongs to somebody else, whose processes bound it.
  }
}

/** The folder of this process's own compile cache; null for none. */
export function ownCompileCache(): string | null {
  const versioned = module.getCompileCacheDir();
  return versioned === undefined ? null : dirname(versioned);
}
