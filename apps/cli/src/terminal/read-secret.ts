import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { isSecretValue, maxSecretBytes } from '@kumiki/api';
import { CliError } from '../host/cli-error.ts';

/** Bytes that are read beyond the longest secret: a line end, and one byte to detect a longer input. */
const spareBytes = 3;

/**
 * Reads a secret from standard input: typed without echo at a terminal, otherwise everything from the pipe. Never from
 * an argument, which every process of the machine can see.
 */
export async function readSecret(prompt: string): Promise<string> {
  const value = (process.stdin.isTTY ? await ask(prompt) : await readPipe()).replace(/\r?\n$/, '').trim();
  if (value === '') throw new CliError('There is no secret. Type it at the prompt, or send it to standard input.', 2);
  if (isSecretValue(value)) return value;
  throw new CliError(`A secret is one line of letters, digits and signs of ASCII, ${maxSecretBytes} at most.`, 2);
}

function ask(prompt: string): Promise<string> {
  // The line editor echoes what is typed; this output discards it.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 });
  // From here on the terminal does not echo.
  process.stderr.write(prompt);
  return new Promise((resolve, reject) => {
    let line: string | null = null;
    terminal.on('line', (typed) => {
      line ??= typed;
      terminal.close();
    });
    terminal.on('SIGINT', () => terminal.close());
    terminal.on('close', () => {
      process.stderr.write('\n');
      if (line === null) reject(new CliError('Nothing was changed.'));
      else resolve(line);
    });
  });
}

async function readPipe(): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of process.stdin as AsyncIterable<Buffer>) {
    parts.push(part);
    bytes += part.length;
    if (bytes > maxSecretBytes + spareBytes) break;
  }
  return Buffer.concat(parts).toString('utf8');
}
