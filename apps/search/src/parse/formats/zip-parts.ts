import { Buffer } from 'node:buffer';
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl';
import { zipEntryLimit, zipPartBytesLimit, zipRatioLimit } from '../blocks/parse-limits.ts';
import { Unreadable } from '../blocks/parse-result.ts';

export interface ZipParts {
  /** The text of one part, or null when the archive has none with that name. */
  read(name: string): Promise<string | null>;
}

/** Opens an archive by its directory. A part is inflated only when it is read, and its bytes are counted meanwhile. */
export async function openZip(data: Uint8Array): Promise<ZipParts> {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const archive = await fromBufferPromise(bytes, { lazyEntries: true });
  const entries = new Map<string, Entry>();
  if (archive.entryCount > zipEntryLimit) throw new Unreadable(`The archive holds more than ${zipEntryLimit} files.`);
  for await (const entry of archive.eachEntry()) entries.set(entry.fileName, entry);
  return {
    async read(name) {
      const entry = entries.get(name);
      return entry === undefined ? null : inflate(archive, entry);
    },
  };
}

async function inflate(archive: ZipFile, entry: Entry): Promise<string> {
  if (entry.isEncrypted()) throw new Unreadable('The file is protected by a password. Upload it without one.');
  // Checks the declared sizes; the actual ones are counted below.
  if (entry.uncompressedSize > zipPartBytesLimit || entry.uncompressedSize > entry.compressedSize * zipRatioLimit)
    throw new Unreadable(tooLarge);
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of await archive.openReadStreamPromise(entry)) {
    parts.push(part as Buffer);
    length += (part as Buffer).length;
    if (length > zipPartBytesLimit) throw new Unreadable(tooLarge);
  }
  return new TextDecoder().decode(Buffer.concat(parts));
}

const tooLarge = 'The file unpacks to far more than its size allows. It looks like a decompression bomb.';
