import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Process ids are reused, so a process is identified by its id and its start time. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Its start time in the system's own format; null when the system does not provide it. */
  readonly startedAt: string | null;
}

export function identifyProcess(pid: number): ProcessIdentity {
  return { pid, startedAt: startOf(pid) };
}

/** Whether the same process still runs, and not a later one with its id. */
export function isRunning({ pid, startedAt }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM means that the process exists and belongs to another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  if (process.platform === 'linux' && stateOf(pid) === 'Z') return false;
  return startedAt === null || startOf(pid) === startedAt;
}

/** If /proc is mounted from another pid namespace, a number in it is a different process; `self` is always right. */
function startOf(pid: number): string | null {
  if (process.platform === 'win32') return null;
  try {
    if (process.platform !== 'linux') {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', timeout: 2_000 }).trim();
    }
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // Field 22 of proc(5)'s stat: clock ticks from the boot to the start.
    return `${boot} ${statFields(pid)[19]}`;
  } catch {
    return null;
  }
}

function stateOf(pid: number): string | undefined {
  try {
    return statFields(pid)[0];
  } catch {
    return undefined;
  }
}

/** The fields of /proc/<pid>/stat from the third on; the second, the name, may contain anything. */
function statFields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid === process.pid ? 'self' : pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
