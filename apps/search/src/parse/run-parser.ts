import { Buffer } from 'node:buffer';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { heapLimitMebibytes, parseTimeoutMs, residentBytesLimit, resultBytesLimit } from './parse-limits.ts';
import type { ParseResult } from './parse-result.ts';
import { watchMemory } from './watch-memory.ts';

const body = fileURLToPath(new URL('./parser-process.ts', import.meta.url));

/** A parser reads our code and its libraries, and nothing else of the disk. */
const readable = [
  fileURLToPath(new URL('../../', import.meta.url)),
  ...(createRequire(import.meta.url).resolve.paths('yauzl') ?? []).filter((folder) => existsSync(folder)),
];

const flags = [
  '--permission',
  ...readable.map((folder) => `--allow-fs-read=${folder}`),
  '--disallow-code-generation-from-strings',
  `--max-old-space-size=${heapLimitMebibytes}`,
];

export interface ParserLimits {
  readonly timeoutMs: number;
  readonly residentBytes: number;
}

const usualLimits: ParserLimits = { timeoutMs: parseTimeoutMs, residentBytes: residentBytesLimit };

type Ending =
  | { readonly why: 'result'; readonly line: string }
  | { readonly why: 'time' | 'memory' | 'length' | 'killed' | 'exit' | 'abort' };

/** Reads one document in a process of its own, which is gone when this returns. */
export async function runParser(
  document: { readonly data: Uint8Array; readonly filename: string },
  signal?: AbortSignal,
  limits: ParserLimits = usualLimits,
): Promise<ParseResult> {
  signal?.throwIfAborted();
  const child = spawn(process.execPath, [...flags, body], { env: {}, stdio: ['pipe', 'pipe', 'ignore'] });
  const ending = await watch(child, document, limits, signal);
  signal?.throwIfAborted();
  return resultOf(ending, limits);
}

async function watch(
  child: ChildProcess,
  { data, filename }: { readonly data: Uint8Array; readonly filename: string },
  limits: ParserLimits,
  signal: AbortSignal | undefined,
): Promise<Ending> {
  const first = Promise.withResolvers<Ending>();
  const gone = Promise.withResolvers<void>();
  const end = (why: Exclude<Ending['why'], 'result'>) => (): void => first.resolve({ why });
  const timer = setTimeout(end('time'), limits.timeoutMs);
  const memory = watchMemory(child.pid ?? 0, limits.residentBytes, end('memory'));
  const abort = end('abort');
  signal?.addEventListener('abort', abort, { once: true });
  child.on('error', () => {
    first.resolve({ why: 'exit' });
    gone.resolve();
  });
  child.on('exit', (_code, killedBy) => {
    // V8 aborts the process when its heap is full.
    if (killedBy === 'SIGABRT') end('memory')();
    else end(killedBy === null ? 'exit' : 'killed')();
  });
  child.on('close', () => gone.resolve());
  const parts: Buffer[] = [];
  let length = 0;
  child.stdout?.on('data', (part: Buffer) => {
    parts.push(part);
    length += part.length;
    if (length > resultBytesLimit) end('length')();
    else if (part.at(-1) === 0x0a) first.resolve({ why: 'result', line: Buffer.concat(parts).toString() });
  });
  // A parser that dies while it is being fed is told by its exit.
  child.stdin?.on('error', () => undefined);
  const name = Buffer.from(filename);
  const nameLength = Buffer.alloc(4);
  nameLength.writeUInt32LE(name.length);
  child.stdin?.write(Buffer.concat([nameLength, name]));
  child.stdin?.end(data);
  const ending = await first.promise;
  clearTimeout(timer);
  memory.stop();
  signal?.removeEventListener('abort', abort);
  child.kill('SIGKILL');
  await gone.promise;
  return ending;
}

function resultOf(ending: Ending, limits: ParserLimits): ParseResult {
  switch (ending.why) {
    case 'result':
      return JSON.parse(ending.line) as ParseResult;
    case 'time':
      return refuse(`The document took longer than ${limits.timeoutMs / 1_000} s to read. Split or simplify it.`);
    case 'memory':
      return refuse('The document needs more memory to read than it may take. Split or simplify it.');
    case 'length':
      return refuse('The document holds too much text. Split it into several files.');
    case 'killed':
      return refuse('The document made its parser crash. It is probably damaged.');
    case 'exit':
    case 'abort':
      return { ok: false, code: 'server_error', message: 'The parser of the document could not run. Try again later.' };
  }
}

function refuse(message: string): ParseResult {
  return { ok: false, code: 'invalid_file', message };
}
