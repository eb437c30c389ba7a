import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { LoadJob, LoadResult } from './load-job.ts';

const startTimeoutMs = 20_000;
/** Linux's USER_HZ, the unit of the times in /proc/<pid>/stat. */
const ticksPerSecond = 100;

const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** Whether processes can be pinned to cores; without that, results are less precise. */
export const canPin = cpus().length > 1 && spawnSync('taskset', ['-V'], { stdio: 'ignore' }).status === 0;

export interface BenchProcess {
  readonly port: number;
  readonly child: ChildProcess;
  /** CPU time used so far by all its threads, in seconds. */
  cpuSeconds(): number;
  rssBytes(): number;
  stop(): Promise<void>;
}

/**
 * Starts a process pinned to one core.
 * @param port its port, or null for a Node script that sends its port to this process.
 */
export async function startProcess(options: {
  readonly command: readonly [string, ...string[]];
  readonly core: number;
  readonly port: number | null;
  readonly env?: Readonly<Record<string, string>>;
  /** File for standard error; without it only the first lines are kept for error messages. */
  readonly logFile?: string;
}): Promise<BenchProcess> {
  const pinned = canPin ? ['taskset', '-c', String(options.core), ...options.command] : options.command;
  const [command = '', ...rest] = pinned;
  const output: string[] = [];
  const logFile = options.logFile === undefined ? 'pipe' : openSync(options.logFile, 'a');
  const child = spawn(command, rest, {
    stdio: ['ignore', 'ignore', logFile, ...(options.port === null ? (['ipc'] as const) : [])],
    env: { ...process.env, ...options.env },
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  child.stderr?.on('data', (data: Buffer) => {
    if (output.length < 100) output.push(data.toString());
  });
  const listening = options.port === null ? reportedPort(child) : openPort(child, options.port);
  let port: number;
  try {
    port = await listening;
  } catch (error) {
    throw new Error(`${options.command.join(' ')}: ${(error as Error).message}\n${output.join('')}`, { cause: error });
  }
  const pid = child.pid ?? 0;
  return {
    port,
    child,
    cpuSeconds: () => cpuSeconds(pid),
    rssBytes: () => rssBytes(pid),
    stop: () => stop(child),
  };
}

/** The command that runs a script of this folder. */
export function script(name: string): readonly [string, string] {
  return [process.execPath, fileURLToPath(new URL(name, import.meta.url))];
}

function reportedPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('It did not start in time.')), startTimeoutMs);
    child.once('message', (message) => {
      clearTimeout(timer);
      resolve((message as { port: number }).port);
    });
    child.once('exit', (code) => reject(new Error(`It ended with status ${code}.`)));
    child.once('error', reject);
  });
}

async function openPort(child: ChildProcess, port: number): Promise<number> {
  const deadline = performance.now() + startTimeoutMs;
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`It ended with status ${child.exitCode}.`);
    if (await accepts(port)) return port;
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
  throw new Error('It did not start in time.');
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // utime, stime, and those of children that have ended: fields 14 to 17 of proc(5).
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return ticks / ticksPerSecond;
}

function rssBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1_024;
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

/** Gives the load generator one job and waits for its result. */
export function performLoad(load: BenchProcess, job: LoadJob): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    load.child.once('message', (message) => {
      const result = message as LoadResult | { readonly error: string };
      if ('error' in result) reject(new Error(result.error));
      else resolve(result);
    });
    load.child.send(job);
  });
}
