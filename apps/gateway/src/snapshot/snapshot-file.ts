import { readFileSync, statSync, unwatchFile, watchFile } from 'node:fs';
import { ConfigError, type Log } from '@kumiki/service';
import { z } from 'zod';
import type { SnapshotHealth, SnapshotName } from './snapshot-health.ts';

/** Faults of one file that are reported: ten thousand records can all have the same one. */
const maxToldIssues = 8;

/** Interval between two looks at a file. Files are polled, since those of a ConfigMap change by a swapped symbolic link. */
const pollMs = 1_000;

/** Largest file, some fifty thousand keys. Requests wait while it is parsed. */
export const maxSnapshotBytes = 16_777_216;

/** Reads a JSON file of the given schema. Throws ConfigError with the file and its faults. */
export function readSnapshot<Value>(path: string, schema: z.ZodType<Value>): Value {
  let json: unknown;
  try {
    const { size } = statSync(path);
    if (size > maxSnapshotBytes) throw new Error(`it has ${size} bytes, more than the limit of ${maxSnapshotBytes}`);
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ConfigError([`${path}: ${error instanceof Error ? error.message : String(error)}`]);
  }
  const result = schema.safeParse(json);
  if (!result.success)
    throw new ConfigError([`${path}:\n${z.prettifyError({ issues: result.error.issues.slice(0, maxToldIssues) })}`]);
  return result.data;
}

export interface WatchedSnapshot<Value> {
  readonly name: SnapshotName;
  readonly path: string;
  readonly schema: z.ZodType<Value>;
  readonly log: Log;
  readonly health: SnapshotHealth;
}

/**
 * Calls back with a file's content whenever it changes, after it has been read once at the start. While the file cannot be read,
 * the last content stays in force and the health says so. Returns the function that ends this.
 */
export function watchSnapshot<Value>(watched: WatchedSnapshot<Value>, onChange: (value: Value) => void): () => void {
  const { name, path, schema, log, health } = watched;
  health.read(name);
  const read = (): void => {
    try {
      onChange(readSnapshot(path, schema));
      health.read(name);
      log.info({ path }, 'settings read again');
    } catch (error) {
      health.failed(name);
      log.error({ path, err: error }, 'settings could not be read again: the last ones stay in force');
    }
  };
  watchFile(path, { interval: pollMs, persistent: false }, read);
  return () => unwatchFile(path, read);
}
