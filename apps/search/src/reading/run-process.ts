import { Buffer } from 'node:buffer';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setPriority } from 'node:os';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { KumikiError } from '@kumiki/api';
import { crashed, endsReply, refuse, type Segment, splitReply } from './read-reply.ts';
import { encodeRequest, type ReadRequest } from './read-request.ts';
import {
  heapLimitMebibytes,
  processTimeoutMs,
  readerNiceness,
  replyBytesLimit,
  residentBytesLimit,
} from './reading-limits.ts';
import { watchMemory } from './watch-memory.ts';

const body = fileURLToPath(new URL('./reader-process.ts', import.meta.url));

/** Folders that a parser may read: our code and its libraries, nothing else. */
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

export interface ProcessLimits {
  readonly timeoutMs: number;
  readonly residentBytes: number;
}

const usualLimits: ProcessLimits = { timeoutMs: processTimeoutMs, residentBytes: residentBytesLimit };

type Ending =
  | { readonly why: 'result'; readonly reply: Buffer }
  | { readonly why: Why }
  | { readonly why: 'thrown'; readonly error: unknown };

type Why = 'time' | 'memory' | 'length' | 'crash' | 'abort';

/**
 * Reads one segment of a document in a separate process, which has ended when this returns. The document is streamed
 * and not buffered. Rejects with the signal's reason, and with an error of the document's source.
 */
export async function runProcess(
  source: AsyncIterable<Uint8Array>,
  request: ReadRequest,
  signal?: AbortSignal,
  limits: ProcessLimits = usualLimits,
): Promise<Segment> {
  signal?.throwIfAborted();
  const child = spawn(process.execPath, [...flags, body], { env: {}, stdio: ['pipe', 'pipe', 'ignore'] });
  giveWay(child.pid);
  const ending = await watch(child, inOrder(encodeRequest(request), source), limits, signal);
  signal?.throwIfAborted();
  if (ending.why === 'thrown') throw ending.error;
  return segmentOf(ending, limits);
}

/**
 * Lowers the priority of a reader, since ingest is less urgent than answers: on a busy machine it gets a third of the
 * CPU share of others.
 */
function giveWay(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, readerNiceness);
  } catch {
    // It has ended, or the system does not allow it.
  }
}

async function* inOrder(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}

async function watch(
  child: ChildProcess,
  source: AsyncIterable<Uint8Array>,
  limits: ProcessLimits,
  signal: AbortSignal | undefined,
): Promise<Ending> {
  const first = Promise.withResolvers<Ending>();
  const gone = Promise.withResolvers<void>();
  const end = (why: Why) => (): void => first.resolve({ why });
  const timer = setTimeout(end('time'), limits.timeoutMs);
  const memory = watchMemory(child.pid ?? 0, limits.residentBytes, end('memory'));
  const abort = end('abort');
  signal?.addEventListener('abort', abort, { once: true });
  child.on('error', (cause) => {
    const reason = 'The process that reads documents does not start';
    const error = new KumikiError('service_unavailable', { reason }, { cause });
    first.resolve({ why: 'thrown', error });
    gone.resolve();
  });
  const parts: Buffer[] = [];
  let length = 0;
  child.stdout?.on('data', (part: Buffer) => {
    const before = parts.at(-1);
    parts.push(part);
    length += part.length;
    if (length > replyBytesLimit) end('length')();
    else if (endsReply(part, before)) first.resolve({ why: 'result', reply: Buffer.concat(parts) });
  });
  // On `close` it has ended and all its output has arrived.
  child.on('close', (_code, killedBy) => {
    // V8 aborts the process when its heap is full.
    end(killedBy === 'SIGABRT' ? 'memory' : 'crash')();
    gone.resolve();
  });
  if (child.stdin !== null) {
    // If the parser dies during the write, its exit is reported instead.
    pipeline(Readable.from(source, { objectMode: false }), child.stdin).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_PREMATURE_CLOSE')
        first.resolve({ why: 'thrown', error });
    });
  }
  const ending = await first.promise;
  clearTimeout(timer);
  memory.stop();
  signal?.removeEventListener('abort', abort);
  child.kill('SIGKILL');
  await gone.promise;
  return ending;
}

function segmentOf(ending: Exclude<Ending, { readonly why: 'thrown' }>, limits: ProcessLimits): Segment {
  switch (ending.why) {
    case 'result':
      return splitReply(ending.reply) ?? refuse(crashed);
    case 'time':
      return refuse(`The document took longer than ${limits.timeoutMs / 1_000} s to read. Split or simplify it.`);
    case 'memory':
      return refuse('The document needs more memory to read than it may take. Split or simplify it.');
    case 'length':
      return refuse('The document holds too much text. Split it into several files.');
    case 'crash':
    case 'abort':
      return refuse(crashed);
  }
}
