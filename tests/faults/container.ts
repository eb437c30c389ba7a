import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { until } from '@kumiki/testing';

/** A container has process ids, mounts, a network and a name of its own; the files are those of this machine. */
const isolation = ['--pid', '--mount', '--net', '--uts', '--fork', '--mount-proc', '--kill-child'];
/** A new network has a loopback that is down. */
const begin = 'ip link set lo up && hostname "$0" && exec "$@"';

const startLimitMs = 30_000;

/**
 * Why containers cannot be made here; false when they can, as the tests' `skip` wants it. With CI set they always can: a
 * machine of ours that may not is a fault, not a reason to test less.
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
  /** Everything that its process has said. */
  stdout(): string;
  stderr(): string;
  readonly ended: Promise<number | null>;
  /** Runs a program in the container's network, and gives what it says. Fails when the program does. */
  run(command: string, ...args: readonly string[]): Promise<string>;
  /** As `kill -9` from outside does, and the out-of-memory killer. */
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
