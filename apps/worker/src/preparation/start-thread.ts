import { Worker } from 'node:worker_threads';
import { compileCacheEnvironment } from '@kumiki/service';
import type { Drafts, DraftKind, Phase } from './drafts.ts';
import type { PreparationData, PreparationJob, PreparationMessage } from './preparation-thread.ts';

const body = new URL('./preparation-thread.ts', import.meta.url);

/** The outcome of a request in a thread. After `time` and `death` the thread has ended. */
export type PreparationEnd =
  | { readonly kind: 'draft'; readonly draft: Drafts[DraftKind] }
  | (Extract<PreparationMessage, { type: 'refused' }> & { readonly kind: 'refused' })
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'time'; readonly phase: Phase }
  | { readonly kind: 'death'; readonly phase: Phase; readonly reason: string };

export interface PreparationThread {
  /** Runs one job; one at a time. The body's memory is transferred to the thread. */
  run(job: PreparationJob, limitMs: number): Promise<PreparationEnd>;
  end(): Promise<void>;
  /** Whether it has ended, or is about to. */
  readonly dead: boolean;
}

/** How long a thread may take to load its code; the deadline of a request begins after it. */
const startLimitMs = 30_000;

export function startPreparationThread(data: PreparationData, heapMebibytes: number): PreparationThread {
  const thread = new Worker(body, {
    workerData: data,
    env: compileCacheEnvironment(),
    stdin: false,
    resourceLimits: { maxOldGenerationSizeMb: heapMebibytes },
  });
  // The thread must not keep the process running.
  thread.unref();
  const { promise: started, resolve: start } = Promise.withResolvers<void>();
  let death: string | null = null;
  let hear: (message: PreparationMessage | null) => void = () => {};
  thread.on('message', (message: PreparationMessage) => {
    if (message.type === 'ready') start();
    else hear(message);
  });
  // Without a listener an error here would end the process.
  thread.on('error', (error) => {
    death = error.message;
  });
  thread.on('exit', () => {
    death ??= 'it ended';
    start();
    hear(null);
  });

  /** Resolves when the thread is ready or dead. */
  async function begun(): Promise<void> {
    const timer = setTimeout(() => {
      death ??= `it was not ready within ${startLimitMs} ms`;
      start();
      void thread.terminate();
    }, startLimitMs);
    await started;
    clearTimeout(timer);
  }

  return {
    async run(job, limitMs) {
      let phase: Phase = 'reading';
      const { promise, resolve } = Promise.withResolvers<PreparationEnd>();
      const timeUp = (): void => {
        death = 'its time was over';
        resolve({ kind: 'time', phase });
        void thread.terminate();
      };
      hear = (message) => {
        if (message === null) resolve({ kind: 'death', phase, reason: death ?? '' });
        else if (message.type === 'phase') ({ phase } = message);
        else if (message.type === 'draft') resolve({ kind: 'draft', draft: message.draft });
        else if (message.type === 'refused') resolve({ kind: 'refused', ...message });
        else if (message.type === 'failed') resolve({ kind: 'failed', reason: message.reason });
      };
      await begun();
      if (death !== null) return { kind: 'failed', reason: `A thread for requests did not start: ${death}.` };
      const timer = setTimeout(timeUp, limitMs);
      thread.postMessage(job, [job.body.buffer]);
      const end = await promise;
      clearTimeout(timer);
      hear = () => {};
      return end;
    },
    async end() {
      await thread.terminate();
    },
    get dead() {
      return death !== null;
    },
  };
}
