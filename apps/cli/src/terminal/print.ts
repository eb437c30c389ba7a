import colors from 'picocolors';
import { printable } from './printable.ts';

export { colors };

/** A line of the result, on standard output. */
export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** One value as one line, for streams of events. */
export function printJsonLine(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

export function printError(message: string, json: boolean): void {
  if (json) process.stderr.write(`${JSON.stringify({ error: { message } })}\n`);
  else process.stderr.write(`${colors.red('error:')} ${printable(message)}\n`);
}

/** A note beside the result, on standard error, so that pipes do not receive it. */
export function printNote(line: string): void {
  process.stderr.write(`${line}\n`);
}
