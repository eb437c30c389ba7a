import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Endpoint, Task } from '@kumiki/api';
import { compileCacheEnvironment } from '@kumiki/service';
import { workerEntry } from '@kumiki/worker';

const startTimeoutMs = 60_000;
/** Lines of a worker's log that are kept for the message of a failing test. */
const logLineLimit = 200;

export interface WorkerOptions {
  readonly model: string;
  readonly source: string;
  readonly task: Task;
  /** The engine as in a manifest (`spec.engine`). */
  readonly engine: Readonly<Record<string, unknown>>;
}

/** A model worker as in the product: a child process that reports its port and its readiness by IPC. */
export interface WorkerProcess {
  readonly id: string;
  readonly pid: number;
  readonly endpoint: Endpoint;
  readonly log: readonly string[];
  running(): boolean;
  signal(name: NodeJS.Signals): void;
  onExit(callback: () => void): void;
  stop(): Promise<void>;
}

let started = 0;

/** Starts a worker; resolves when its model is loaded. */
export async function startWorker(options: WorkerOptions): Promise<WorkerProcess> {
  started += 1;
  const id = `${options.model}-${started}`;
  const token = randomBytes(24).toString('base64url');
  const log: string[] = [];
  const child = spawn(process.execPath, [fileURLToPath(workerEntry)], {
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
    env: {
      PATH: process.env['PATH'],
      ...compileCacheEnvironment(),
      HOME: process.env['HOME'],
      KUMIKI_MODEL_NAME: options.model,
      KUMIKI_MODEL_SOURCE: options.source,
      KUMIKI_TASK: options.task,
      KUMIKI_ENGINE: JSON.stringify(options.engine),
      KUMIKI_LISTEN_PORT: '0',
      KUMIKI_WORKER_TOKEN_FILE: '-',
    },
  });
  child.stdin?.on('error', () => {});
  child.stdin?.end(token);
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data: Buffer) => {
      log.push(data.toString());
      if (log.length > logLineLimit) log.shift();
    });
  }
  const { port, healthPort } = await ready(child).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw new Error(`${id}: ${(error as Error).message}\n${log.join('')}`, { cause: error });
  });
  const running = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    id,
    pid: child.pid ?? 0,
    log,
    running,
    endpoint: {
      id,
      url: `http://127.0.0.1:${port}`,
      authorization: `Bearer ${token}`,
      upstreamModel: null,
      revision: 'test',
      state: 'ready',
      continuation: 'token_ids',
      maxInFlight: maxInFlight(options.engine),
      maxRunning: Number(options.engine['maxSequences'] ?? defaultSequences),
      egress: 'internal',
      healthProbe: true,
      healthUrl: `http://127.0.0.1:${healthPort}`,
    },
    signal: (name) => void child.kill(name),
    onExit: (callback) => void child.once('exit', callback),
    stop: () => stop(child),
  };
}

/** Default number of concurrent sequences of the demo models. */
const defaultSequences = 8;

/** Most requests that a worker runs and queues. */
function maxInFlight(engine: Readonly<Record<string, unknown>>): number {
  return Number(engine['maxSequences'] ?? defaultSequences) + Number(engine['maxWaiting'] ?? 64);
}

interface WorkerMessage {
  readonly type: string;
  readonly port?: number;
  readonly healthPort?: number;
}

function ready(child: ChildProcess): Promise<{ port: number; healthPort: number }> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('was not ready in time')), startTimeoutMs);
    let ports = { port: 0, healthPort: 0 };
    child.on('message', (message) => {
      const { type, port = 0, healthPort = 0 } = message as WorkerMessage;
      if (type === 'listening') ports = { port, healthPort };
      if (type !== 'ready') return;
      clearTimeout(timer);
      resolve(ports);
    });
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      reject(new Error(`ended with ${signal ?? code} before it was ready`));
    });
  });
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
