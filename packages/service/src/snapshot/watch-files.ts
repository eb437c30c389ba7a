import { type FSWatcher, statSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Polling interval of files on systems without change events, such as network volumes. */
const pollMs = 1_000;

export interface FileWatch {
  /** Calls back now if a file has changed since the last callback. */
  checkNow(): void;
  close(): void;
}

/**
 * Calls back whenever another content stands under one of the names: a file is renamed into its place, or a link to it is, as
 * in the volumes of a ConfigMap or a Secret.
 */
export function watchFiles(paths: readonly string[], onChange: () => void): FileWatch {
  const identifyAll = (): string => paths.map(identify).join('\n');
  let seen = identifyAll();
  const checkNow = (): void => {
    const now = identifyAll();
    if (now === seen) return;
    seen = now;
    onChange();
  };
  const names = new Set(paths.map((path) => basename(path)));
  const watchers = [...new Set(paths.map((path) => dirname(path)))].map((folder) =>
    watchFolder(folder, names, checkNow),
  );
  const timer = setInterval(checkNow, pollMs);
  timer.unref();
  return {
    checkNow,
    close() {
      clearInterval(timer);
      for (const watcher of watchers) watcher?.close();
    },
  };
}

/** Which content stands under a name: a file that is renamed into its place is another file. */
function identify(path: string): string {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? 'absent' : `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
}

/**
 * Watches a folder, since its files are replaced. What is written to others there, such as a log, changes none of these. Where the
 * system has no watch left, looks from time to time are all there is.
 */
function watchFolder(folder: string, names: ReadonlySet<string>, checkNow: () => void): FSWatcher | null {
  try {
    const watcher = watch(folder, { persistent: false }, (event, name) => {
      if (event === 'rename' || name === null || names.has(name)) checkNow();
    });
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return null;
  }
}
