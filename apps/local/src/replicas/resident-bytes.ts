import { readFileSync } from 'node:fs';

/** Resident memory of a process in bytes; null when the system does not provide it. */
export function residentBytes(pid: number | null): number | null {
  if (pid === null || process.platform !== 'linux') return null;
  try {
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) * 1_024;
  } catch {
    return null;
  }
}
