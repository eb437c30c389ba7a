import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writeFileAtomic } from './atomic-file.ts';
import { moveAside } from './state-file.ts';

const pepperBytes = 32;

/** The installation's pepper, made on first use. Without it no stored hash matches any key again. */
export function openPepper(path: string): { pepper: Buffer; report: string | null } {
  let report: string | null = null;
  if (existsSync(path)) {
    const pepper = readFileSync(path);
    if (pepper.length === pepperBytes) return { pepper, report };
    report = moveAside(path, `it has ${pepper.length} bytes instead of ${pepperBytes}; keys made before are void`);
  }
  const pepper = randomBytes(pepperBytes);
  writeFileAtomic(path, pepper);
  return { pepper, report };
}
