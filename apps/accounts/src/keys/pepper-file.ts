import { decodePepper, encodePepper, makePepper, storedPepperBytes } from '@kumiki/seal';
import { readPlainFile, refuseStart, writeFileAtomic } from '@kumiki/service/folder';

/** Size of the file in earlier versions, which had no checksum. */
const formerBytes = 32;

/**
 * The installation's pepper, created with the installation. Without it no key matches its stored hash, so a missing or
 * damaged one is never replaced: the start is refused.
 * @param isNew whether nothing was ever stored under it.
 */
export function openPepper(path: string, isNew: boolean): Buffer {
  const read = readPlainFile(path, storedPepperBytes);
  if (read.kind === 'damaged') refuseStart(path, read.reason, choices);
  if (read.kind === 'absent') {
    if (!isNew) refuseStart(path, 'it is gone, and without it no key that was made is valid', choices);
    return store(path, makePepper());
  }
  const stored = read.value;
  if (stored.length === formerBytes) return store(path, stored);
  const pepper = stored.length === storedPepperBytes ? decodePepper(stored) : null;
  return pepper ?? refuseStart(path, `it is damaged: ${stored.length} bytes whose checksum does not match`, choices);
}

const choices =
  "Restore it from a backup. If there is none, move it and the folder 'keys' away: then all keys are void, and the next start makes a new one";

function store(path: string, pepper: Buffer): Buffer {
  writeFileAtomic(path, encodePepper(pepper));
  return pepper;
}
