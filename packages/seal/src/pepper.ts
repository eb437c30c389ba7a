import { createHash, randomBytes } from 'node:crypto';

const pepperBytes = 32;
const checksumBytes = 32;

/** Bytes of a pepper's file: the pepper and its checksum. */
export const storedPepperBytes = pepperBytes + checksumBytes;

/** The shortest pepper that somebody may bring; one that is made here has 32 bytes. */
const minPepperBytes = 16;

/** A new pepper: the secret of an installation that hashes of keys and sessions are made with. */
export function makePepper(): Buffer {
  return randomBytes(pepperBytes);
}

/** What is written to a pepper's file. */
export function encodePepper(pepper: Uint8Array): Buffer {
  return Buffer.concat([pepper, checksum(pepper)]);
}

/**
 * The pepper of a file's bytes, with its checksum or, as an operator may bring it, without.
 * @returns null for fewer than 16 bytes, and for 64 whose checksum does not match: they are a damaged file, never a pepper.
 */
export function decodePepper(stored: Buffer): Buffer | null {
  if (stored.length !== storedPepperBytes) return stored.length < minPepperBytes ? null : stored;
  const pepper = stored.subarray(0, pepperBytes);
  return stored.subarray(pepperBytes).equals(checksum(pepper)) ? pepper : null;
}

function checksum(pepper: Uint8Array): Buffer {
  return createHash('sha256').update(pepper).digest();
}
