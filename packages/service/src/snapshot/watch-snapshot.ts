import type { Log } from '../log.ts';
import { readSnapshot, type SnapshotFile } from './read-snapshot.ts';
import { type FileWatch, watchFiles } from './watch-files.ts';

export interface SnapshotWatch<Value> {
  /** As it was read last. */
  current(): Value;
  /** Calls back with every later content. There is one listener. */
  listen(onChange: (value: Value) => void): void;
  /** Reads the file now if it has changed since it was read last. */
  checkNow(): void;
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
  // Before the first reading, so that no change falls between.
  const watch = watchFiles([path], () => {
    try {
      value = readSnapshot(options);
    } catch (error) {
      onRead?.(false);
      log.error({ path, err: error }, 'a snapshot cannot be read again: the last one stays in force');
      return;
    }
    onRead?.(true);
    listener?.(value);
  });
  let listener: ((value: Value) => void) | null = null;
  let value = readFirst(options, watch);
  onRead?.(true);
  return {
    current: () => value,
    listen: (onChange) => void (listener = onChange),
    ...watch,
  };
}

function readFirst<Value>(options: WatchOptions<Value>, watch: FileWatch): Value {
  try {
    return readSnapshot(options);
  } catch (error) {
    watch.close();
    throw error;
  }
}
