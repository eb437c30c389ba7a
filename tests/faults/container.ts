import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { until } from '@kumiki/testing';

/** Namespaces of a container: process ids, mounts, network and host name. It shares the machine's files. */
const isolation = ['--pid', '--mount', '--net', '--uts', '--fork', '--mount-proc', '--kill-child'];
/** The loopback of a new network namespace is down. */
const begin = 'ip link set lo up && hostname "$0" && exec "$@"';

const startLimitMs = 30_000;

/**
 * Why containers cannot be created here; false when they can, for the tests' `skip`. With CI set it is always false, so
 * that a missing permission fails the tests instead of skipping them.
 */
export function whyNoContainers(): string | false {
  if (process.env['CI'] !== undefined) return false;
  if (process.platform !== 'linux') return 'containers are made of what Linux has';
  const { status, stderr } = spawnSync('unshare', [...isolation, 'sh', '-c', begin, 'trial', 'true'], {
    encoding: 'utf8',
  });
  return status === 0 ? false : `containers cannot be made here: ${stderr?.trim() ?? 'there is no unshare'}`;
}

export interface Container {
  /** All output of its process. */
  stdout(): string;
  stderr(): string;
  readonly ended: Promise<number | null>;
  /** Runs a program in the container's network, and returns its output. Fails when the program does. */
  run(command: string, ...args: readonly string[]): Promise<string>;
  /** Like `kill -9` from outside, and the out-of-memory killer. */
  kill(): void;
}

/** Starts a program as the first process of a container. */
export async function startContainer(
  name: string,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Container> {
  const child = spawn('unshare', [...isolation, 'sh', '-c', begin, name, ...command], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out = collect(child);
  let inner: number | undefined;
  await until(`the container ${name} has a process`, startLimitMs, () => {
    inner = childOf(child.pid ?? 0);
    return inner !== undefined || child.exitCode !== null;
  });
  return {
    ...out,
    kill: () => void (child.exitCode === null && inner !== undefined && process.kill(inner, 'SIGKILL')),
    async run(program, ...args) {
      const client = spawn('nsenter', ['--net', '--target', String(inner), program, ...args], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const said = collect(client);
      const status = await said.ended;
      if (status !== 0) throw new Error(`${program} in ${name} ended with ${status}: ${said.stderr()}`);
      return said.stdout();
    },
  };
}

function collect(child: ChildProcess): Pick<Container, 'stdout' | 'stderr' | 'ended'> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  return { stdout: () => stdout, stderr: () => stderr, ended };
}

function childOf(pid: number): number | undefined {
  try {
    const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    return first === undefined || first === '' ? undefined : Number(first);
  } catch {
    return undefined;
  }
}
