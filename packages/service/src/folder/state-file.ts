import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { KumikiError } from '@kumiki/api/errors';
import { z } from 'zod';

/**
 * A kind of state file. Its limit and its schema apply to writing and reading, so that everything written can be read.
 */
export interface StateKind<Value> {
  /** Its name in refusals, as in "the keys would have …". */
  readonly what: string;
  readonly schema: z.ZodType<Value>;
  readonly maxBytes: number;
  /** Schema of the format before checksums; null when there was none. */
  readonly former: z.ZodType<Value> | null;
}

export type StateRead<Value> =
  | { readonly kind: 'found'; readonly value: Value }
  | { readonly kind: 'absent' }
  /** `reason` is part of a sentence. The file is left as it is for the operator to decide. */
  | { readonly kind: 'damaged'; readonly reason: string };

const envelopeSchema = z.strictObject({ sha256: z.string(), state: z.unknown() });

/**
 * The text of a state file, with a checksum. Throws KumikiError `conflict` for a value that could not be read again.
 */
export function encodeState<Value>(kind: StateKind<Value>, value: Value): string {
  const state = JSON.stringify(value);
  const text = `{"sha256":"${checksum(state)}","state":${state}}\n`;
  const bytes = Buffer.byteLength(text);
  if (bytes > kind.maxBytes) {
    throw new KumikiError('conflict', {
      reason: `${kind.what} would have ${bytes} bytes, more than the limit of ${kind.maxBytes}`,
    });
  }
  const read = decodeState(kind, text);
  if (read.kind === 'damaged') {
    throw new KumikiError('conflict', { reason: `${kind.what} could not be read again: ${read.reason}` });
  }
  return text;
}

export function readStateFile<Value>(path: string, kind: StateKind<Value>): StateRead<Value> {
  const read = readPlainFile(path, kind.maxBytes);
  return read.kind === 'found' ? decodeState(kind, read.value.toString()) : read;
}

/** The bytes of a regular file. Links are not followed. */
export function readPlainFile(path: string, maxBytes: number): StateRead<Buffer> {
  let file: number;
  try {
    file = openSync(path, readFlags);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { kind: 'absent' };
    return damaged(code === 'ELOOP' ? 'it is a link' : message);
  }
  try {
    const found = fstatSync(file);
    if (!found.isFile()) return damaged('it is no file');
    if (found.size > maxBytes) return damaged(`it has ${found.size} bytes, more than ${maxBytes}`);
    return { kind: 'found', value: readFileSync(file) };
  } catch (error) {
    return damaged((error as Error).message);
  } finally {
    closeSync(file);
  }
}

type Decoded<Value> = Exclude<StateRead<Value>, { kind: 'absent' }>;

function decodeState<Value>(kind: StateKind<Value>, text: string): Decoded<Value> {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return damaged('it is not whole JSON');
  }
  const envelope = envelopeSchema.safeParse(content);
  if (!envelope.success) {
    return kind.former === null ? damaged('it is not what Kumiki writes') : match(kind.former, content);
  }
  const { sha256, state } = envelope.data;
  if (sha256 !== checksum(JSON.stringify(state))) return damaged('its checksum does not match');
  return match(kind.schema, state);
}

function match<Value>(schema: z.ZodType<Value>, content: unknown): Decoded<Value> {
  const result = schema.safeParse(content);
  if (result.success) return { kind: 'found', value: result.data };
  const issue = result.error.issues[0];
  return damaged(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it does not match'}`);
}

function damaged(reason: string): { kind: 'damaged'; reason: string } {
  return { kind: 'damaged', reason };
}

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Refuses to start, since continuing without the file would lose data silently. @param choices what the operator can
 * do, as a sentence.
 */
export function refuseStart(path: string, reason: string, choices: string): never {
  throw new KumikiError('conflict', {
    reason: `${path} cannot be used (${reason}), so nothing was started and nothing was changed. ${choices}`,
  });
}

/** Does not follow links or block on pipes. Windows has neither flag. */
const readFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
