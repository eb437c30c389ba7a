import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../apps/conversations/src/main.ts', import.meta.url));

/** One replica of the service of conversations as a process of its own, as a Deployment runs it. */
export interface ConversationsProcess extends AsyncDisposable {
  readonly port: number;
  signal(name: NodeJS.Signals): void;
  /** Resolves when the process is gone. */
  readonly gone: Promise<unknown>;
}

export interface ConversationsProcessOptions {
  readonly databaseUrl: string;
  readonly gatewayUrl: string;
  /** An API key of the role `service`. */
  readonly serviceKey: string;
  readonly token: string;
  readonly replica: string;
}

export async function startConversationsProcess(options: ConversationsProcessOptions): Promise<ConversationsProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'kumiki-conversations-'));
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const child = spawn(process.execPath, [main], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      KUMIKI_LISTEN_PORT: '0',
      KUMIKI_OPS_PORT: '0',
      KUMIKI_POSTGRES_URL: options.databaseUrl,
      KUMIKI_GATEWAY_URL: options.gatewayUrl,
      KUMIKI_SERVICE_KEY_FILE: file('key', options.serviceKey),
      KUMIKI_BACKEND_TOKEN_FILE: file('token', options.token),
      KUMIKI_REPLICA: options.replica,
    },
  });
  const gone = once(child, 'exit').finally(() => rmSync(folder, { recursive: true, force: true }));
  const port = await listeningPort(child);
  return {
    port,
    gone,
    signal: (name) => void child.kill(name),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** The port that the service logs when it listens. */
function listeningPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const log: string[] = [];
    child.once('exit', () => reject(new Error(`the service ended at its start:\n${log.join('\n')}`)));
    if (child.stderr === null) return;
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (log.length < 100) log.push(line);
      if (!line.includes('conversations listens')) return;
      resolve((JSON.parse(line) as { port: number }).port);
    });
  });
}
