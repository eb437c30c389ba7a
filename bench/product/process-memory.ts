import { readdirSync, readFileSync } from 'node:fs';

/** A process of the product, with its memory in MiB. */
export interface MeasuredProcess {
  readonly name: string;
  readonly pid: number;
  /** Resident memory, with shared pages counted fully. */
  readonly rss: number;
  /** Resident memory, with shared pages counted proportionally, so that processes add up. */
  readonly pss: number;
}

/** The memory of a process and its descendants on Linux, without the workers of models. */
export function measureProduct(root: number): MeasuredProcess[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = readOrNull(`/proc/${name}/stat`);
    // The name of a program, in brackets, may contain anything.
    const parent = Number(stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? -1);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found: MeasuredProcess[] = [];
  const visit = (pid: number): void => {
    const measured = measureOne(pid, pid === root);
    if (measured !== null) found.push(measured);
    for (const child of children.get(pid) ?? []) visit(child);
  };
  visit(root);
  return found;
}

function measureOne(pid: number, isRoot: boolean): MeasuredProcess | null {
  const command = readOrNull(`/proc/${pid}/cmdline`)?.split('\0') ?? [];
  const entry = command.find((part) => /\.[jt]s$/.test(part)) ?? command[0] ?? '';
  if (entry.includes('/apps/worker/')) return null;
  const rollup = readOrNull(`/proc/${pid}/smaps_rollup`);
  if (rollup === null) return null;
  const mebibytes = (name: string): number =>
    Math.round(Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(rollup)?.[1] ?? 0) / 102.4) / 10;
  const app = /\/apps\/([a-z]+)\//.exec(entry)?.[1] ?? entry;
  return { name: isRoot ? 'up' : app, pid, rss: mebibytes('Rss'), pss: mebibytes('Pss') };
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
