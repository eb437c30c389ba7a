import { createHash, randomBytes } from 'node:crypto';

const pepperBytes = 32;
const checksumBytes = 32;

/** Bytes of a pepper's file: the pepper and its checksum. */
export const storedPepperBytes = pepperBytes + checksumBytes;

/** The shortest pepper that an operator may provide; generated ones have 32 bytes. */
const minPepperBytes = 16;

/** Generates a pepper: the installation's secret for hashing keys and sessions. */
export function makePepper(): Buffer {
  return randomBytes(pepperBytes);
}

/** The bytes of a pepper's file. */
export function encodePepper(pepper: Uint8Array): Buffer {
  return Buffer.concat([pepper, checksum(pepper)]);
}

/**
 * Reads the pepper from a file's bytes, with a checksum or, when an operator provided it, without one.
 * @returns null for fewer than 16 bytes, and for 64 bytes whose checksum does not match: those are a damaged file,
 *   never a pepper.
 */
export function decodePepper(stored: Buffer): Buffer | null {
  if (stored.length !== storedPepperBytes) return stored.length < minPepperBytes ? null : stored;
  const pepper = stored.subarray(0, pepperBytes);
  return stored.subarray(pepperBytes).equals(checksum(pepper)) ? pepper : null;
}

function checksum(pepper: Uint8Array): Buffer {
  return createHash('sha256').update(pepper).digest();
}
