import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { postgresFolder, serverVersion } from './postgres-folder.ts';

const run = promisify(execFile);

/** A server that takes longer to start has failed. */
const startLimitMs = 60_000;
const lookMs = 50;
/** The initial user and database. */
const user = 'kumiki';

/** A PostgreSQL server with pgvector for one test, on a free local port. It ends with its test. */
export interface TestPostgres {
  /** URL of an empty database. */
  readonly url: string;
  /** Makes another empty database; returns its URL. */
  createDatabase(name: string): Promise<string>;
  /** Like a planned shutdown: open connections are notified and closed. The data stay. */
  halt(): Promise<void>;
  /** Like a crash. The data stay. */
  kill(): Promise<void>;
  /** Starts it again on the same data and port. */
  start(): Promise<void>;
  /** Ends it and removes the data. */
  stop(): Promise<void>;
}

export interface TestPostgresOptions {
  /** Whether a commit waits for the disk, which makes a difference only when the whole machine loses power. */
  readonly fsync?: boolean;
  /** Further settings, such as `max_connections`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Why tests that need a server cannot run here; null when they can. With CI set it is always null, so that a missing
 * server fails the tests instead of skipping them.
 */
export function whyNoPostgres(): string | null {
  if (existsSync(join(postgresFolder(), 'complete')) || process.env['CI'] !== undefined) return null;
  return 'no PostgreSQL for tests is installed; scripts/install-postgres.ts installs one on Debian';
}

export async function startPostgres(options: TestPostgresOptions = {}): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'kumiki-postgres-'));
  const owner = unprivileged();
  if (owner !== null) chownSync(folder, owner.uid, owner.gid);
  const data = join(folder, 'data');
  await run(binary('initdb'), ['-D', data, '-U', user, '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'], {
    ...owner,
    cwd: folder,
    env: environment,
  });
  const port = await freePort();
  const url = (database: string): string => `postgres://${user}@127.0.0.1:${port}/${database}`;
  const settings = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    fsync: options.fsync === true ? 'on' : 'off',
    max_connections: '200',
    shared_buffers: '256MB',
    ...options.settings,
  };
  const args = ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  let server: Server | null = null;

  async function start(): Promise<void> {
    server = launch(args, folder, owner);
    await untilAccepting(url('postgres'), server);
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ending = server;
    server = null;
    if (ending === null || ending.process.exitCode !== null) return;
    const exited = once(ending.process, 'exit');
    process.kill(postmasterOf(data), signal);
    await exited;
  }

  const createDatabase = async (name: string): Promise<string> => {
    const client = new pg.Client({ connectionString: url('postgres') });
    await client.connect();
    try {
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
    } finally {
      await client.end();
    }
    return url(name);
  };

  try {
    await start();
    return {
      url: await createDatabase(user),
      createDatabase,
      halt: () => end('SIGINT'),
      kill: () => end('SIGKILL'),
      start,
      async stop() {
        await end('SIGQUIT');
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await end('SIGQUIT');
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Without the machine's client settings and without secrets. */
const environment = { PATH: process.env['PATH'], LC_ALL: 'C' };

function binary(name: string): string {
  return join(postgresFolder(), 'usr/lib/postgresql', serverVersion, 'bin', name);
}

/**
 * A server outlives its parent. This shell is its guard: when the test's process ends in any way, the pipe closes, and
 * the shell ends the server and removes its data.
 */
const guard = `
folder=$1; shift
"$@" & server=$!
(read -r _ <&3; kill -QUIT $server 2> /dev/null) & watch=$!
wait $server; status=$?
kill $watch 2> /dev/null || rm -rf "$folder"
exit $status`;

interface Server {
  readonly process: ChildProcess;
  /** The last lines of its log. */
  readonly log: () => string;
}

const maxLogCharacters = 4_000;

function launch(args: readonly string[], folder: string, owner: Owner | null): Server {
  const child = spawn('sh', ['-c', guard, 'sh', folder, binary('postgres'), ...args], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    ...owner,
  });
  let log = '';
  child.stderr?.on('data', (text: Buffer) => (log = (log + text.toString()).slice(-maxLogCharacters)));
  // A backend that ends after its server still holds the pipes.
  child.once('exit', () => {
    for (const pipe of child.stdio) pipe?.destroy();
  });
  return { process: child, log: () => log };
}

/** The server's process id, from the first line of its own lock file. */
function postmasterOf(data: string): number {
  return Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
}

async function untilAccepting(url: string, server: Server): Promise<void> {
  const limit = performance.now() + startLimitMs;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query('SELECT 1');
      return;
    } catch (error) {
      if (server.process.exitCode !== null || performance.now() > limit) {
        throw new Error(`PostgreSQL did not start: ${server.log()}`, { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    } finally {
      await client.end().catch(() => {});
    }
  }
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root, so it runs as `nobody` then. */
function unprivileged(): Owner | null {
  if (process.getuid?.() !== 0) return null;
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('nobody:'));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (uid === undefined || gid === undefined) throw new Error('there is no user nobody that PostgreSQL could run as');
  return { uid: Number(uid), gid: Number(gid) };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
