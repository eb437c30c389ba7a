import { Worker } from 'node:worker_threads';
import { compileCacheEnvironment } from '@kumiki/service';
import { crashed, refuse, type Segment, splitReply } from './read-reply.ts';
import type { ReadRequest } from './read-request.ts';
import { replyBytesLimit, threadHeapMebibytes, threadTimeoutMs } from './reading-limits.ts';

const body = new URL('./reader-thread.ts', import.meta.url);

/** A thread that reads small plain texts. It is started when first needed, and restarted after it was terminated. */
export interface ReaderThread {
  /** One at a time. Rejects with the signal's reason. */
  run(data: Uint8Array<ArrayBuffer>, request: ReadRequest, signal: AbortSignal): Promise<Segment>;
  close(): Promise<void>;
}

export function createReaderThread(timeoutMs = threadTimeoutMs): ReaderThread {
  let worker: Worker | null = null;
  const start = (): Worker => {
    const started = new Worker(body, {
      env: compileCacheEnvironment(),
      stdin: false,
      resourceLimits: { maxOldGenerationSizeMb: threadHeapMebibytes },
    });
    // An error between two documents must not end the process; during a document the waiting call handles it too.
    started.on('error', () => {
      if (worker === started) worker = null;
    });
    // It must not keep the process alive.
    started.unref();
    return started;
  };
  const stop = async (): Promise<void> => {
    const ended = worker;
    worker = null;
    await ended?.terminate();
  };
  return {
    async run(data, request, signal) {
      signal.throwIfAborted();
      worker ??= start();
      const reply = await ask(worker, data, request, signal, timeoutMs);
      if (reply.kind === 'reply') {
        return reply.bytes.length > replyBytesLimit
          ? refuse('The document holds too much text. Split it into several files.')
          : (splitReply(reply.bytes) ?? refuse(crashed));
      }
      // Its work can only be stopped by terminating the thread.
      await stop();
      signal.throwIfAborted();
      if (reply.kind === 'time')
        return refuse(`The document took longer than ${timeoutMs / 1_000} s to read. Split or simplify it.`);
      return refuse(crashed);
    },
    close: stop,
  };
}

type Answer = { readonly kind: 'reply'; readonly bytes: Buffer } | { readonly kind: 'time' | 'crash' | 'abort' };

async function ask(
  worker: Worker,
  data: Uint8Array<ArrayBuffer>,
  request: ReadRequest,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const timer = setTimeout(() => resolve({ kind: 'time' }), timeoutMs);
  const abort = (): void => resolve({ kind: 'abort' });
  const crash = (): void => resolve({ kind: 'crash' });
  const receive = (reply: Uint8Array): void =>
    resolve({ kind: 'reply', bytes: Buffer.from(reply.buffer, reply.byteOffset, reply.byteLength) });
  signal.addEventListener('abort', abort, { once: true });
  worker.on('message', receive);
  worker.on('error', crash);
  worker.on('exit', crash);
  worker.postMessage({ data, request });
  const answer = await promise;
  clearTimeout(timer);
  signal.removeEventListener('abort', abort);
  worker.off('message', receive);
  worker.off('error', crash);
  worker.off('exit', crash);
  return answer;
}
