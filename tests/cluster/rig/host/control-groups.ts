import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '@kumiki/testing';

const root = '/sys/fs/cgroup';
/** A control group stays busy for some time after its last process has been killed. */
const removeLimitMs = 30_000;
const killLimitMs = 30_000;

/** Version 2 has one tree of groups, version 1 one for each controller. */
export const hasOneTree = existsSync(join(root, 'cgroup.controllers'));

/** The trees of this machine. A link to a tree (`cpu` to `cpu,cpuacct`) is not one more. */
function trees(): string[] {
  if (hasOneTree) return [root];
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(root, entry.name));
}

/** The trees in which a machine's own processes are kept: those that can freeze and count them. */
function keepingTrees(): string[] {
  return hasOneTree ? [root] : [join(root, 'freezer'), join(root, 'pids')];
}

/** Makes the groups of a machine: one that its kubelet may divide among pods, and below it one for its own processes. */
export function createControlGroups(name: string): void {
  if (hasOneTree) handDown(root);
  for (const tree of trees()) {
    mkdirSync(join(tree, name), { recursive: true });
    if (hasOneTree) handDown(join(tree, name));
    for (const file of ['cpuset.cpus', 'cpuset.mems'])
      if (!hasOneTree && existsSync(join(tree, name, file)))
        writeFileSync(join(tree, name, file), readFileSync(join(tree, file)));
  }
  for (const tree of keepingTrees()) mkdirSync(join(tree, name, 'system'), { recursive: true });
}

/** Lets the groups below have every controller that this one has. */
function handDown(group: string): void {
  const controllers = readFileSync(join(group, 'cgroup.controllers'), 'utf8').trim().split(' ');
  writeFileSync(join(group, 'cgroup.subtree_control'), controllers.map((name) => `+${name}`).join(' '));
}

/** The files that a process writes its id to in order to belong to a machine. */
export function processFiles(name: string): string[] {
  return keepingTrees().map((tree) => join(tree, name, 'system', 'cgroup.procs'));
}

/** Stops every process of a machine where it stands, pods included. */
export function freezeGroup(name: string): void {
  if (hasOneTree) writeFileSync(join(root, name, 'cgroup.freeze'), '1');
  else writeFileSync(join(root, 'freezer', name, 'freezer.state'), 'FROZEN');
}

export function thawGroup(name: string): void {
  const [file, word] = hasOneTree ? ['cgroup.freeze', '0'] : ['freezer.state', 'THAWED'];
  const path = join(root, hasOneTree ? '' : 'freezer', name, file);
  if (existsSync(path)) writeFileSync(path, word);
}

/** The names of the groups that begin so. */
export function findGroups(prefix: string): string[] {
  const names = trees().flatMap((tree) => readdirSync(tree).filter((name) => name.startsWith(prefix)));
  return [...new Set(names)];
}

/** The processes of a machine, pods included. */
export function processesOf(name: string): number[] {
  const pids = keepingTrees().flatMap((tree) => groupsBelow(join(tree, name)).flatMap((group) => membersOf(group)));
  return [...new Set(pids)];
}

/** Kills every process of a machine and waits until none is left. */
export async function killGroup(name: string): Promise<void> {
  thawGroup(name);
  await until(`no process of ${name} is left`, killLimitMs, () => {
    const pids = processesOf(name);
    for (const pid of pids) kill(pid);
    return pids.length === 0;
  });
}

export async function removeGroup(name: string): Promise<void> {
  for (const tree of trees())
    await until(`the control group ${name} is removed`, removeLimitMs, () => {
      for (const group of groupsBelow(join(tree, name)).toReversed()) remove(group);
      return !existsSync(join(tree, name));
    });
}

/** A group and those below it, outer ones first. */
function groupsBelow(group: string): string[] {
  try {
    const inner = readdirSync(group, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [group, ...inner.flatMap((entry) => groupsBelow(join(group, entry.name)))];
  } catch {
    return [];
  }
}

function membersOf(group: string): number[] {
  try {
    return readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function remove(group: string): void {
  try {
    rmdirSync(group);
  } catch {
    // Still busy: the next look tries again.
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone, which is what was wanted.
  }
}
