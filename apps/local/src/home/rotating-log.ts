import { appendFileSync, closeSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs';

export const logLimits = {
  /** A log file of this size is renamed to `<name>.1`, replacing the previous one. */
  fileBytes: 4_194_304,
  /** Longest incomplete line that is buffered. */
  lineBytes: 65_536,
  /** Most lines and bytes that are read back. */
  tailLines: 10_000,
  tailBytes: 1_048_576,
} as const;

export interface RotatingLog {
  readonly path: string;
  /** Takes output of a process; complete lines are written at once. */
  write(data: Buffer): void;
  /** Writes an incomplete line. */
  flush(): void;
  /** Calls back with each complete line from now on. @returns a function that unsubscribes. */
  follow(listener: (line: string) => void): () => void;
}

/** Appends synchronously, so that the last lines of a process are in the file when its exit is handled. */
export function openRotatingLog(path: string): RotatingLog {
  let size = fileSize(path);
  let rest = '';
  const listeners = new Set<(line: string) => void>();
  let lost = 0;
  const store = (lines: readonly string[]): void => {
    const text = `${lines.join('\n')}\n`;
    if (size > 0 && size + text.length > logLimits.fileBytes) {
      renameSync(path, `${path}.1`);
      size = 0;
    }
    appendFileSync(path, text, { mode: 0o600 });
    size += Buffer.byteLength(text);
  };
  const append = (lines: readonly string[]): void => {
    if (lines.length === 0) return;
    try {
      store(lost === 0 ? lines : [`(${lost} lines are missing here: they could not be written)`, ...lines]);
      lost = 0;
    } catch {
      // A full disk must end neither the process that writes nor this one.
      lost += lines.length;
    }
    for (const line of lines) for (const listener of listeners) listener(line);
  };
  return {
    path,
    write(data) {
      const lines = (rest + data.toString()).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > logLimits.lineBytes) {
        lines.push(rest);
        rest = '';
      }
      append(lines);
    },
    flush() {
      if (rest === '') return;
      append([rest]);
      rest = '';
    },
    follow(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function fileSize(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** The last lines of a log, its rotated part included. An absent log has none. */
export function tailLog(path: string, count: number): string[] {
  const wanted = Math.min(count, logLimits.tailLines);
  if (wanted <= 0) return [];
  let lines = lastLines(path);
  if (lines.length < wanted) lines = [...lastLines(`${path}.1`), ...lines];
  return lines.slice(-wanted);
}

function lastLines(path: string): string[] {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return [];
  }
  try {
    const { size } = fstatSync(file);
    const length = Math.min(size, logLimits.tailBytes);
    const buffer = Buffer.alloc(length);
    const read = readSync(file, buffer, 0, length, size - length);
    const lines = buffer.toString('utf8', 0, read).split('\n');
    lines.pop();
    // The first line is incomplete when the part does not start at the beginning of the file.
    return length < size ? lines.slice(1) : lines;
  } finally {
    closeSync(file);
  }
}
