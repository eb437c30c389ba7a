import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** End of a process's log for the message of a failing test. */
const maxLogCharacters = 8_000;

export interface Ports {
  readonly port: number;
  readonly opsPort: number;
  /** Of its listener for the rest of the installation; 0 without one. */
  readonly controlPort: number;
}

/** A service as a process of its own, as it is deployed. */
export interface ServiceProcess extends Ports {
  /** Ends it like a crash. */
  kill(): Promise<void>;
  log(): string;
}

/** Starts a service; resolves when it listens. It ends with its test. */
export async function startProcess(entry: URL, settings: Readonly<Record<string, string>>): Promise<ServiceProcess> {
  const child = spawn(process.execPath, [fileURLToPath(entry)], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { PATH: process.env['PATH'], KUMIKI_LISTEN_PORT: '0', KUMIKI_OPS_PORT: '0', ...settings },
  });
  const exited = once(child, 'exit');
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data: Buffer) => {
      log = (log + data.toString()).slice(-maxLogCharacters);
    });
  }
  const listening = Promise.withResolvers<Ports>();
  child.on('message', (message: { readonly type: string } & { readonly [Name in keyof Ports]: number | null }) => {
    const { type, port, opsPort, controlPort } = message;
    if (type === 'listening')
      listening.resolve({ port: port ?? 0, opsPort: opsPort ?? 0, controlPort: controlPort ?? 0 });
  });
  void exited.then(() => listening.reject(new Error(`${entry.pathname} ended before it listened:\n${log}`)));
  return {
    ...(await listening.promise),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    log: () => log,
  };
}
