import { readFileSync, readlinkSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from './atomic-file.ts';
import { lockFile } from './os-lock.ts';
import { identifyProcess, isRunning } from './process-identity.ts';

/** Describes the holder of a folder for people. Only the lock itself decides who holds it. */
const holderSchema = z.object({
  pid: z.int().positive(),
  startedAt: z.string().nullable(),
  /** The scope of its process id: boot and pid namespace, or machine. */
  place: z.string(),
  host: z.string(),
  since: z.string(),
});
export type LockHolder = z.infer<typeof holderSchema>;

const holderFile = 'lock.json';

/** Files that a lock leaves in its folder. */
export const lockFiles: ReadonlySet<string> = new Set([lockFile, holderFile, `${holderFile}.new`]);
/** Most bytes of the file; ours has 300. */
const maxHolderBytes = 4_096;

/** @param now time to record. */
export function describeMyself(now: Date): LockHolder {
  return { ...identifyProcess(process.pid), place: findPlace(), host: hostname(), since: now.toISOString() };
}

export function writeHolder(folder: string, holder: LockHolder): void {
  writeFileAtomic(join(folder, holderFile), `${JSON.stringify(holder)}\n`);
}

export function removeHolderRecord(folder: string): void {
  rmSync(join(folder, holderFile), { force: true });
}

/** The last holder that wrote the file; null when there is none, or when it is unreadable. */
export function readHolder(folder: string): LockHolder | null {
  try {
    const text = readFileSync(join(folder, holderFile), 'utf8');
    return text.length > maxHolderBytes ? null : holderSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Whether its process id is valid in this process's namespace. */
export function isOfThisPlace(holder: LockHolder): boolean {
  return holder.place === findPlace();
}

/**
 * Whether the holder is a process that this one can see and signal. A pid from another container would be a different
 * process here.
 */
export function isHere(holder: LockHolder): boolean {
  return isOfThisPlace(holder) && isRunning(holder);
}

function findPlace(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return `host ${hostname()}`;
  }
}
