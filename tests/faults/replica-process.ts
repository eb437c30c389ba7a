import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../../apps/conversations/src/main.ts', import.meta.url));
/** Of a replica's log, kept for a failing test's message. */
const maxLogCharacters = 8_000;

export interface ReplicaOptions {
  /** Its name in the rows that it drives. */
  readonly name: string;
  readonly databaseUrl: string;
  readonly gatewayUrl: string;
  readonly serviceKey: string;
  readonly token: string;
  /** Where its secrets are written. */
  readonly folder: string;
  /** By how much its clock is wrong. */
  readonly clockSkewMs: number;
}

/** One replica of apps/conversations as it is deployed: a process of its own. */
export interface ReplicaProcess {
  readonly name: string;
  readonly url: string;
  running(): boolean;
  signal(name: NodeJS.Signals): void;
  /** Ends it as a crash does; resolves when it is gone. */
  kill(): Promise<void>;
  log(): string;
}

/** Starts a replica; resolves when it listens. */
export async function startReplica(options: ReplicaOptions): Promise<ReplicaProcess> {
  const keyFile = join(options.folder, `${options.name}.key`);
  const tokenFile = join(options.folder, `${options.name}.token`);
  writeFileSync(keyFile, options.serviceKey);
  writeFileSync(tokenFile, options.token);
  const child = spawn(process.execPath, ['--import', preparation(options.clockSkewMs), entry], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      KUMIKI_LISTEN_PORT: '0',
      KUMIKI_OPS_PORT: '0',
      KUMIKI_POSTGRES_URL: options.databaseUrl,
      KUMIKI_GATEWAY_URL: options.gatewayUrl,
      KUMIKI_SERVICE_KEY_FILE: keyFile,
      KUMIKI_BACKEND_TOKEN_FILE: tokenFile,
      KUMIKI_REPLICA: options.name,
    },
  });
  const exited = once(child, 'exit');
  const running = (): boolean => child.exitCode === null && child.signalCode === null;
  let log = '';
  const port = await new Promise<number>((resolve, reject) => {
    const hear = (data: Buffer): void => {
      log = (log + data.toString()).slice(-maxLogCharacters);
      const found = /"port":(\d+),"opsPort":\d+,.*"conversations listens"/.exec(log)?.[1];
      if (found !== undefined) resolve(Number(found));
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    void exited.then(() => reject(new Error(`${options.name} ended before it listened:\n${log}`)));
  });
  return {
    name: options.name,
    url: `http://127.0.0.1:${port}`,
    running,
    signal: (name) => void child.kill(name),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    log: () => log,
  };
}

/** A module that puts a process's wall clock forward or back, and ends the process with its test, however that ends. */
function preparation(skewMs: number): string {
  const source = `
    const TrueDate = Date;
    globalThis.Date = class extends TrueDate {
      constructor(...parts) { if (parts.length === 0) super(TrueDate.now() + ${skewMs}); else super(...parts); }
      static now() { return TrueDate.now() + ${skewMs}; }
    };
    process.stdin.on('close', () => process.exit(1)).resume().unref();`;
  return `data:text/javascript,${encodeURIComponent(source)}`;
}
