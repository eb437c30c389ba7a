import { mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { destination, pino, type Logger } from 'pino';

export type Log = Logger;

export interface LogOptions {
  readonly service: string;
  readonly level?: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Destination of the lines: a file descriptor or a path; standard error when absent. */
  readonly to?: number | string;
  /** Whether lines are written in batches, at least once a second, for services that log every request. */
  readonly buffered?: boolean;
}

/** Bytes that a buffered log collects before it writes; must be less than one write (16 KiB). */
const bufferBytes = 8_192;
const flushAfterMs = 1_000;
/** Most bytes of lines that wait after a failed write; further lines are dropped. */
const maxHeldBytes = 1_048_576;

/** Paths that are redacted, also one level deep, in case a line contains them by mistake. */
const secretPaths = [
  'authorization',
  'apiKey',
  'key',
  'token',
  'pepper',
  'headers.authorization',
  'endpoint.authorization',
];

/** A JSON-lines log. Prompts and answers must never be logged. */
export function createLog(options: LogOptions): Log {
  const stream = destination({
    dest: descriptorOf(options.to ?? 2),
    // Only an asynchronous log registers itself to be flushed when the process exits.
    sync: options.buffered !== true,
    maxLength: maxHeldBytes,
    ...(options.buffered === true ? { minLength: bufferBytes, periodicFlush: flushAfterMs } : {}),
  });
  // A full disk must not end the process: lines are buffered, then dropped, and written again when there is space.
  stream.on('error', () => {});
  return pino(
    {
      level: options.level ?? 'info',
      base: { service: options.service },
      timestamp: createTimestamp(),
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secretPaths, censor: '[secret]' },
    },
    stream,
  );
}

/** Writes the present as ISO 8601, with the text of its second kept, since a line is written for every request. */
function createTimestamp(): () => string {
  let second = Number.NaN;
  let text = '';
  return () => {
    const now = Date.now();
    const current = Math.floor(now / 1_000);
    if (current !== second) {
      second = current;
      text = `,"time":"${new Date(current * 1_000).toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS.'.length)}`;
    }
    return `${text}${String(now - current * 1_000).padStart(3, '0')}Z"`;
  };
}

/** Opened synchronously: a log that is still opening its file when the process exits would lose its lines. */
function descriptorOf(to: number | string): number {
  if (typeof to === 'number') return to;
  mkdirSync(dirname(to), { recursive: true });
  return openSync(to, 'a');
}
