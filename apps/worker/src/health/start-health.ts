import { Worker } from 'node:worker_threads';
import { createHealthBoard, type HealthEntry, processMs } from './health-board.mjs';
import type { HealthThreadData, HealthThreadMessage } from './health-thread.mjs';
import { type HealthFacts, healthReply } from './judge-health.mjs';

/** The worker's health, served by a separate thread, so that no request can delay it. */
export interface Health {
  /** The port, once it listens; rejects when it cannot. */
  readonly listening: Promise<number>;
  /** The reply that the thread would send; for the serving thread's `/health`. */
  reply(): { status: number; body: unknown };
  /** Sends changed facts to the thread. */
  tell(facts: HealthFacts): void;
  /** To be called when the board's numbers may have changed. */
  note(): void;
  close(): Promise<void>;
}

export interface HealthOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly facts: HealthFacts;
  /** The entry of the board, without the beat. Times are those of {@link processMs}. */
  readonly entry: () => Omit<HealthEntry, 'beatAt'>;
}

/** How often the serving thread notes that its event loop runs. */
const beatMs = 100;

/** The thread answers a few hundred bytes once a second. */
const threadLimits = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2 };

/**
 * Starts the thread, which listens without the caller waiting for it. If it fails later, its uncaught error ends the
 * process: a worker whose health cannot be read must not keep running.
 */
export function startHealth(options: HealthOptions): Health {
  const board = createHealthBoard();
  let { facts } = options;
  const note = (): void => board.write({ ...options.entry(), beatAt: processMs() });
  note();
  const data: HealthThreadData = { memory: board.memory, facts, host: options.host, port: options.port };
  const thread = new Worker(new URL('health-thread.mjs', import.meta.url), {
    workerData: data,
    resourceLimits: threadLimits,
    env: {},
  });
  const listening = new Promise<number>((resolve, reject) => {
    thread.once('message', (message: HealthThreadMessage) => {
      if (message.kind === 'listening') resolve(message.port);
      else reject(new Error(`Health cannot be answered: ${message.reason}.`));
    });
  });
  // startWorker awaits it, except when its own server could not listen.
  listening.catch(() => {});
  const beat = setInterval(note, beatMs);
  beat.unref();
  return {
    listening,
    reply() {
      note();
      return healthReply(facts, board.read(), processMs());
    },
    tell(next) {
      facts = next;
      note();
      thread.postMessage(next);
    },
    note,
    async close() {
      clearInterval(beat);
      await thread.terminate();
    },
  };
}
