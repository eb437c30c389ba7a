import { readFileSync, watchFile } from 'node:fs';
import { ConfigError, type Log } from '@kumiki/service';
import { z } from 'zod';

/** Between two looks at a file. Polling, since the files of a ConfigMap change by a swapped symbolic link. */
const pollMs = 1_000;

/** A JSON file of the given shape. Throws ConfigError that says what is wrong in which file. */
export function readSnapshot<Value>(path: string, schema: z.ZodType<Value>): Value {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ConfigError([`${path}: ${error instanceof Error ? error.message : String(error)}`]);
  }
  const result = schema.safeParse(json);
  if (!result.success) throw new ConfigError([`${path}:\n${z.prettifyError(result.error)}`]);
  return result.data;
}

/** Calls back with a file's content whenever it changes. A file that cannot be read leaves the last content in force. */
export function watchSnapshot<Value>(
  path: string,
  schema: z.ZodType<Value>,
  log: Log,
  onChange: (value: Value) => void,
): void {
  watchFile(path, { interval: pollMs, persistent: false }, () => {
    try {
      onChange(readSnapshot(path, schema));
      log.info({ path }, 'settings read again');
    } catch (error) {
      log.error({ path, err: error }, 'settings could not be read again: the last ones stay in force');
    }
  });
}
