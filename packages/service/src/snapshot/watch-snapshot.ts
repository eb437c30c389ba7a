import { type FSWatcher, statSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import type { Log } from '../log.ts';
import { readSnapshot, type SnapshotFile } from './read-snapshot.ts';

/** Polling interval of a file on systems without change events, such as network volumes. */
const pollMs = 1_000;

export interface SnapshotWatch<Value> {
  /** As it was read last. */
  current(): Value;
  /** Calls back with every later content. There is one listener. */
  listen(onChange: (value: Value) => void): void;
  /** Reads the file now if it has changed since it was read last. */
  look(): void;
  close(): void;
}

export interface WatchOptions<Value> extends SnapshotFile<Value> {
  readonly log: Log;
  /** After each reading. */
  readonly onRead?: (ok: boolean) => void;
}

/**
 * Reads a snapshot, and again whenever its file changes: it is renamed into its place, or a link to it is. A file that
 * cannot be read again leaves the last content in force. Throws ConfigError where it cannot be read at the start.
 */
export function watchSnapshot<Value>(options: WatchOptions<Value>): SnapshotWatch<Value> {
  const { path, log, onRead } = options;
  let seen = identify(path);
  let value = readSnapshot(options);
  let listener: ((value: Value) => void) | null = null;
  onRead?.(true);
  const look = (): void => {
    const now = identify(path);
    if (now === seen) return;
    seen = now;
    try {
      value = readSnapshot(options);
    } catch (error) {
      onRead?.(false);
      log.error({ path, err: error }, 'a snapshot cannot be read again: the last one stays in force');
      return;
    }
    onRead?.(true);
    listener?.(value);
  };
  const watcher = watchFolder(dirname(path), look);
  const timer = setInterval(look, pollMs);
  timer.unref();
  return {
    current: () => value,
    listen: (onChange) => void (listener = onChange),
    look,
    close() {
      clearInterval(timer);
      watcher?.close();
    },
  };
}

/** Which content stands under a name: a file that is renamed into its place is another file. */
function identify(path: string): string {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? 'absent' : `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
}

/** Where the system has no watch left, looks from time to time are all there is. */
function watchFolder(folder: string, onEvent: () => void): FSWatcher | null {
  try {
    const watcher = watch(folder, { persistent: false }, onEvent);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return null;
  }
}
