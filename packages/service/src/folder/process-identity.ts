import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process id alone is no identity: ids come round again. With its start it is one. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the system's own words; null where the system does not tell. */
  readonly startedAt: string | null;
}

export function identifyProcess(pid: number): ProcessIdentity {
  return { pid, startedAt: startOf(pid) };
}

/** Whether the very process still runs, not another one of the same id. */
export function isRunning({ pid, startedAt }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // A process of another user exists although we may not signal it.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  if (process.platform === 'linux' && stateOf(pid) === 'Z') return false;
  return startedAt === null || startOf(pid) === startedAt;
}

/** In another pid namespace than that of the mounted /proc, a number there is another process; `self` is always right. */
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

/** The fields of /proc/<pid>/stat from the third on; the second, the name, may hold anything. */
function statFields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid === process.pid ? 'self' : pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
