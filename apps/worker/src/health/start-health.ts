import { Worker } from 'node:worker_threads';
import { createHealthBoard, type HealthEntry, processMs } from './health-board.mjs';
import type { HealthThreadData, HealthThreadMessage } from './health-thread.mjs';
import { type HealthFacts, healthReply } from './judge-health.mjs';

/** The worker's health, answered by a thread of its own, so that no request keeps the answer from whoever asks. */
export interface Health {
  /** The port, once it listens; rejects when it cannot. */
  readonly listening: Promise<number>;
  /** What the thread would answer; for the serving thread's own `/health`. */
  reply(): { status: number; body: unknown };
  /** Phase and model have changed. */
  tell(facts: HealthFacts): void;
  /** Something that the board shows has changed, or may have. */
  note(): void;
  close(): Promise<void>;
}

export interface HealthOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly facts: HealthFacts;
  /** What the board shows, but for the beat. Times are those of {@link processMs}. */
  readonly entry: () => Omit<HealthEntry, 'beatAt'>;
}

/** How often the serving thread says that it comes round. */
const beatMs = 100;

/** The thread answers a few hundred bytes once a second. */
const threadLimits = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2 };

/**
 * Begins the thread, which listens while the caller goes on. When it fails later the process ends by its uncaught error: a
 * worker that nobody can ask for its health must not go on.
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
  // Whoever starts the worker awaits it; a worker that could not listen itself does not.
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
