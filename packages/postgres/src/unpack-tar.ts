import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Sizes and places in the format ustar (POSIX.1-1988). */
const blockBytes = 512;
const nameBytes = 100;
const sizeAt = 124;
const sizeBytes = 12;
const typeAt = 156;
const folderType = '5'.charCodeAt(0);

const folderMode = 0o700;
const fileMode = 0o600;

/** Unpacks the files and folders of an archive of our own making into a new folder that only its owner may enter. */
export function unpackTar(archive: Buffer, folder: string): void {
  mkdirSync(folder, { recursive: true, mode: folderMode });
  for (let at = 0; at + blockBytes <= archive.length;) {
    const name = textAt(archive, at, nameBytes);
    // Blocks of zeros end an archive.
    if (name === '') return;
    const size = Number.parseInt(textAt(archive, at + sizeAt, sizeBytes), 8);
    const path = join(folder, name);
    const begin = at + blockBytes;
    if (archive[at + typeAt] === folderType) mkdirSync(path, { recursive: true, mode: folderMode });
    else writeFileSync(path, archive.subarray(begin, begin + size), { mode: fileMode });
    at = begin + Math.ceil(size / blockBytes) * blockBytes;
  }
}

/** A field that ends with its first zero, or where it is full. */
function textAt(archive: Buffer, at: number, most: number): string {
  const end = archive.indexOf(0, at);
  return archive.toString('latin1', at, Math.min(end < 0 ? at + most : end, at + most));
}
