import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileCacheEnvironment } from '@kumiki/service';

const entry = fileURLToPath(new URL('../../apps/conversations/src/main.ts', import.meta.url));
/** End of a replica's log for the message of a failing test. */
const maxLogCharacters = 8_000;

export interface ReplicaOptions {
  /** Its name in the rows that it drives. */
  readonly name: string;
  readonly databaseUrl: string;
  readonly gatewayUrl: string;
  readonly serviceKey: string;
  readonly token: string;
  /** Folder of its secrets. */
  readonly folder: string;
  /** Error of its clock. */
  readonly clockSkewMs: number;
}

/** One replica of apps/conversations in its own process, as deployed. */
export interface ReplicaProcess {
  readonly name: string;
  readonly url: string;
  running(): boolean;
  signal(name: NodeJS.Signals): void;
  /** Ends it like a crash; resolves when it has ended. */
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
      ...compileCacheEnvironment(),
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

/** A module that shifts a process's wall clock, and ends the process with its test. */
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
