import { mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { destination, pino, type Logger } from 'pino';

export type Log = Logger;

export interface LogOptions {
  readonly service: string;
  readonly level?: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Where lines go: a file descriptor or a path; standard error when absent. */
  readonly to?: number | string;
  /** Lines are written in batches, at the latest after a second: for services that write one for every request. */
  readonly buffered?: boolean;
}

/** Bytes that a buffered log gathers before it writes; has to be less than what it writes at once (16 KiB). */
const bufferBytes = 8_192;
const flushAfterMs = 1_000;
/** Held of lines that could not be written; the next ones are dropped. */
const maxHeldBytes = 1_048_576;

/** Paths that are blanked wherever they appear one level deep, should a careless line ever carry them. */
const secretPaths = [
  'authorization',
  'apiKey',
  'key',
  'token',
  'pepper',
  'headers.authorization',
  'endpoint.authorization',
];

/** A JSON-lines log. Prompts and answers never go into it. */
export function createLog(options: LogOptions): Log {
  const stream = destination({
    dest: descriptorOf(options.to ?? 2),
    // Only a log that does not write at once registers itself to be flushed when the process ends.
    sync: options.buffered !== true,
    maxLength: maxHeldBytes,
    ...(options.buffered === true ? { minLength: bufferBytes, periodicFlush: flushAfterMs } : {}),
  });
  // A full disk ends nobody: lines are held, then dropped, and written again when there is room.
  stream.on('error', () => {});
  return pino(
    {
      level: options.level ?? 'info',
      base: { service: options.service },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secretPaths, censor: '[secret]' },
    },
    stream,
  );
}

/** Opened here and at once: a log that is still opening its file when the process ends would lose its lines. */
function descriptorOf(to: number | string): number {
  if (typeof to === 'number') return to;
  mkdirSync(dirname(to), { recursive: true });
  return openSync(to, 'a');
}
