import { existsSync, readFileSync, renameSync } from 'node:fs';
import { basename } from 'node:path';
import type { z } from 'zod';

/** Larger state files are not ours. */
const maxStateBytes = 16_777_216;

export type StateRead<Value> =
  | { readonly kind: 'found'; readonly value: Value }
  | { readonly kind: 'absent' }
  /** It was unreadable and lies now under another name, so that the next start does not stumble over it again. */
  | { readonly kind: 'moved-aside'; readonly report: string };

/** Reads a JSON state file. What cannot be read is moved aside and reported, never thrown. */
export function readStateFile<Schema extends z.ZodType>(path: string, schema: Schema): StateRead<z.infer<Schema>> {
  if (!existsSync(path)) return { kind: 'absent' };
  let reason: string;
  try {
    const text = readFileSync(path);
    if (text.length > maxStateBytes) reason = `it has ${text.length} bytes`;
    else {
      const result = schema.safeParse(JSON.parse(text.toString()));
      if (result.success) return { kind: 'found', value: result.data };
      const issue = result.error.issues[0];
      reason = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it does not match'}`;
    }
  } catch (error) {
    reason = error instanceof SyntaxError ? 'it is not whole JSON' : (error as Error).message;
  }
  return { kind: 'moved-aside', report: moveAside(path, reason) };
}

/** Gives an unusable file another name. @returns a sentence that says so. */
export function moveAside(path: string, reason: string): string {
  for (let number = 1; ; number++) {
    const aside = `${path}.unreadable-${number}`;
    if (existsSync(aside)) continue;
    renameSync(path, aside);
    return `${basename(path)} could not be used (${reason}) and was moved to ${aside}.`;
  }
}
