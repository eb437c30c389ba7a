import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { compileCacheEnvironment } from '@kumiki/service';
import { until } from '@kumiki/testing';
import { workerEntry } from '../index.ts';

interface Message {
  readonly type: string;
  readonly port?: number;
  readonly healthPort?: number;
  readonly reason?: string;
}

export interface StartedWorker {
  readonly child: ChildProcess;
  readonly messages: readonly Message[];
  readonly exited: Promise<unknown[]>;
  errors(): string;
  /** Waits until the model is loaded. */
  ready(): Promise<{ readonly port: number; readonly healthPort: number }>;
  /** Requests a streamed answer of `length` tokens. */
  ask(port: number, length: number): Promise<Response>;
}

const children: ChildProcess[] = [];

const token = 'token-of-a-worker-under-test';
/** The `authorization` that every worker started here requires. */
export const workerAuthorization = `Bearer ${token}`;

/**
 * Starts a worker as a process, with the simulated engine by default.
 * @param tokenFile null for none; `-` for a file with the token of `workerAuthorization`.
 */
export function startWorkerProcess(
  environment: Readonly<Record<string, string>>,
  tokenFile: string | null = '-',
): StartedWorker {
  const child = spawn(process.execPath, [fileURLToPath(workerEntry)], {
    env: {
      ...compileCacheEnvironment(),
      KUMIKI_MODEL_NAME: 'm',
      KUMIKI_MODEL_SOURCE: 'simulated:',
      KUMIKI_LOG_LEVEL: 'silent',
      ...(tokenFile === null ? {} : { KUMIKI_WORKER_TOKEN_FILE: tokenFile }),
      ...environment,
    },
    stdio: ['pipe', 'ignore', 'pipe', 'ipc'],
  });
  children.push(child);
  child.stdin?.on('error', () => {});
  child.stdin?.end(token);
  const messages: Message[] = [];
  let errors = '';
  child.on('message', (message) => messages.push(message as Message));
  child.stderr?.on('data', (data: Buffer) => (errors += data.toString()));
  return {
    child,
    messages,
    exited: once(child, 'exit'),
    errors: () => errors,
    async ready() {
      await until('it is ready', 60_000, () => messages.some(({ type }) => type === 'ready'));
      const listening = messages.find(({ type }) => type === 'listening');
      return { port: listening?.port ?? 0, healthPort: listening?.healthPort ?? 0 };
    },
    ask: (port, length) =>
      fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: workerAuthorization },
        body: JSON.stringify({
          model: 'm',
          stream: true,
          messages: [{ role: 'user', content: `[[length=${length}]]` }],
        }),
      }),
  };
}

export function stopWorkerProcesses(): void {
  for (const child of children) child.kill('SIGKILL');
}
