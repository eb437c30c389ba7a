import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { ConfigError } from '../config.ts';

/** Faults of one file that are reported, since ten thousand records may all have the same. */
const maxShownIssues = 8;

/** Largest file: it is parsed between two requests, which wait for that. Some fifty thousand keys. */
export const maxSnapshotBytes = 16_777_216;

/** A snapshot as a file of JSON. */
export interface SnapshotFile<Value> {
  readonly path: string;
  readonly schema: z.ZodType<Value>;
}

/** A JSON file of the given shape. Throws ConfigError that says what is wrong in which file. */
export function readSnapshot<Value>({ path, schema }: SnapshotFile<Value>): Value {
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
    throw new ConfigError([`${path}:\n${z.prettifyError({ issues: result.error.issues.slice(0, maxShownIssues) })}`]);
  return result.data;
}
