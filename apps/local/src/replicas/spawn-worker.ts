import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { type End, exited, type Launch, notStarted, signalled } from '@kumiki/policy';
import { inheritedEnvironment } from '@kumiki/service';
import { z } from 'zod';
import { workerDrainMs } from './plan.ts';
import type { WorkerHandle } from './replica.ts';

const port = z.int().min(1).max(65_535);

/** Messages of a worker to its parent. */
const workerMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('listening'), port, healthPort: port }),
  z.object({ type: z.literal('loading'), progress: z.number().min(0).max(1) }),
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('failed'), reason: z.string().max(10_000) }),
]);
export type WorkerMessage = z.infer<typeof workerMessageSchema>;

export interface WorkerEvents {
  message(message: WorkerMessage): void;
  output(data: Buffer): void;
  /** Called once, when the process has ended or could not be started. */
  end(end: End): void;
}

/** Settings that all workers of this machine share. */
export interface WorkerProgram {
  /** The file that Node runs. */
  readonly entry: string;
  readonly logLevel: string;
  /** A folder for Node's compile cache where the environment names none; null for none. Compiling is most of a start. */
  readonly cacheFolder: string | null;
}

/** Starts a worker process. When this process ends, their channel closes and the worker ends too. */
export function spawnWorker(
  program: WorkerProgram,
  launch: Launch,
  token: string,
  events: WorkerEvents,
): WorkerHandle | null {
  const child = spawn(process.execPath, [program.entry], {
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
    // In a separate process group, so that Ctrl-C reaches only this process, which drains before it stops workers.
    detached: process.platform !== 'win32',
    env: {
      ...(program.cacheFolder === null ? {} : { NODE_COMPILE_CACHE: program.cacheFolder }),
      ...inheritedEnvironment(),
      KUMIKI_MODEL_NAME: launch.model,
      KUMIKI_MODEL_SOURCE: launch.source,
      KUMIKI_TASK: launch.task,
      KUMIKI_ENGINE: JSON.stringify(launch.engine),
      KUMIKI_LISTEN_HOST: '127.0.0.1',
      KUMIKI_LISTEN_PORT: '0',
      KUMIKI_WORKER_TOKEN_FILE: '-',
      KUMIKI_LOG_LEVEL: program.logLevel,
      KUMIKI_STALL_MS: String(launch.stallMs),
      KUMIKI_DRAIN_MS: String(workerDrainMs),
      ...(launch.faults ? { KUMIKI_SIMULATED_FAULTS: '1' } : {}),
    },
  });
  handOver(token, child.stdin as Writable);
  let ended = false;
  const end = (why: End): void => {
    if (ended) return;
    ended = true;
    events.end(why);
  };
  for (const stream of [child.stdout, child.stderr] as readonly Readable[]) stream.on('data', events.output);
  child.on('message', (message) => {
    const result = workerMessageSchema.safeParse(message);
    if (result.success && !ended) events.message(result.data);
  });
  child.on('error', (error) => end(notStarted(error.message)));
  child.on('exit', (code, signal) => end(signal === null ? exited(code) : signalled(signal)));
  const { pid } = child;
  if (pid === undefined) return null;
  return { pid, signal: (name) => void child.kill(name) };
}

/** Through a pipe, since other processes may read environments, arguments and files. */
function handOver(token: string, input: Writable): void {
  // If the process ends before it has read the token, its end is reported anyway.
  input.on('error', () => {});
  input.end(token);
}
