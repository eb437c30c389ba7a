export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogLine {
  /** Counts up: its identity. */
  readonly at: number;
  /** As it came, for copying and searching. */
  readonly text: string;
  readonly level: LogLevel;
  /** Unix milliseconds; null when the line does not say. */
  readonly time: number | null;
  readonly message: string;
  /** What else it says, as `name=value`. */
  readonly rest: string;
}

const known = new Set(['level', 'time', 'msg', 'pid', 'hostname', 'name', 'v']);

/** A line of a log: JSON as our services write it, or any text. Never throws. */
export function readLogLine(text: string, at: number): LogLine {
  const plain: LogLine = { at, text, level: guessLevel(text), time: null, message: text, rest: '' };
  if (!text.startsWith('{')) return plain;
  try {
    const fields = JSON.parse(text) as Record<string, unknown>;
    const message = typeof fields['msg'] === 'string' ? fields['msg'] : '';
    const rest = Object.entries(fields)
      .filter(([name]) => !known.has(name))
      .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join('  ');
    return { at, text, level: levelOf(fields['level']), time: timeOf(fields['time']), message, rest };
  } catch {
    return plain;
  }
}

/** The lines that hold a text, in any width and case. */
export function searchLog(lines: readonly LogLine[], wanted: string): readonly LogLine[] {
  const folded = wanted.normalize('NFKC').toLowerCase();
  if (folded === '') return lines;
  return lines.filter(({ text }) => text.normalize('NFKC').toLowerCase().includes(folded));
}

/** pino's numbers, or words. */
function levelOf(level: unknown): LogLevel {
  if (typeof level === 'number') return level >= 50 ? 'error' : level >= 40 ? 'warn' : level >= 30 ? 'info' : 'debug';
  return typeof level === 'string' ? guessLevel(level) : 'info';
}

function guessLevel(text: string): LogLevel {
  if (/\b(error|fatal|panic)\b/i.test(text)) return 'error';
  return /\bwarn(ing)?\b/i.test(text) ? 'warn' : 'info';
}

function timeOf(time: unknown): number | null {
  const at = typeof time === 'number' ? time : typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return Number.isFinite(at) ? at : null;
}
