import { createHash, randomBytes } from 'node:crypto';
import { writeFileAtomic } from '@kumiki/service/folder';
import { readPlainFile, refuseStart } from './state-file.ts';

const pepperBytes = 32;
const checksumBytes = 32;

/**
 * The installation's pepper, made with the installation. Without it no stored hash matches any key again, so one that is
 * gone or damaged is never replaced: the start is refused.
 * @param isNew whether nothing was ever stored under it.
 */
export function openPepper(path: string, isNew: boolean): Buffer {
  const read = readPlainFile(path, pepperBytes + checksumBytes);
  if (read.kind === 'damaged') refuseStart(path, read.reason, choices);
  if (read.kind === 'absent') {
    if (!isNew) refuseStart(path, 'it is gone, and without it no key that was made is valid', choices);
    return make(path, randomBytes(pepperBytes));
  }
  const stored = read.value;
  const pepper = stored.subarray(0, pepperBytes);
  // Versions before the checksum wrote the pepper alone.
  if (stored.length === pepperBytes) return make(path, pepper);
  if (stored.length === pepperBytes + checksumBytes && stored.subarray(pepperBytes).equals(checksum(pepper))) {
    return pepper;
  }
  return refuseStart(path, `it is damaged: ${stored.length} bytes whose checksum does not match`, choices);
}

const choices =
  "Restore it from a backup. If there is none, move it and the folder 'keys' away: then all keys are void, and the next start makes a new one";

function make(path: string, pepper: Buffer): Buffer {
  writeFileAtomic(path, Buffer.concat([pepper, checksum(pepper)]));
  return pepper;
}

function checksum(pepper: Buffer): Buffer {
  return createHash('sha256').update(pepper).digest();
}
