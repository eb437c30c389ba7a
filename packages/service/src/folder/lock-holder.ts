import { readFileSync, readlinkSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from './atomic-file.ts';
import { lockFile } from './os-lock.ts';
import { identifyProcess, isRunning } from './process-identity.ts';

/** Who holds a folder, for people. It decides nothing: the lock itself does. */
const holderSchema = z.object({
  pid: z.int().positive(),
  startedAt: z.string().nullable(),
  /** Where its process id means something: the boot and the pid namespace, or the machine. */
  place: z.string(),
  host: z.string(),
  since: z.string(),
});
export type LockHolder = z.infer<typeof holderSchema>;

const holderFile = 'lock.json';

/** What a lock leaves in the folder that it holds. */
export const lockFiles: ReadonlySet<string> = new Set([lockFile, holderFile, `${holderFile}.new`]);
/** Ours has 300 bytes. */
const maxHolderBytes = 4_096;

/** @param now for the record. */
export function describeMyself(now: Date): LockHolder {
  return { ...identifyProcess(process.pid), place: findPlace(), host: hostname(), since: now.toISOString() };
}

export function writeHolder(folder: string, holder: LockHolder): void {
  writeFileAtomic(join(folder, holderFile), `${JSON.stringify(holder)}\n`);
}

export function forgetHolder(folder: string): void {
  rmSync(join(folder, holderFile), { force: true });
}

/** The last one that wrote its name; null when nobody did, or when it cannot be read. */
export function readHolder(folder: string): LockHolder | null {
  try {
    const text = readFileSync(join(folder, holderFile), 'utf8');
    return text.length > maxHolderBytes ? null : holderSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Whether its process id means here what it means there. */
export function isOfThisPlace(holder: LockHolder): boolean {
  return holder.place === findPlace();
}

/** Whether the holder is a process that this one can see and signal: a pid of another container is somebody else's. */
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
