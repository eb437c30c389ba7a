import { hash, timingSafeEqual } from 'node:crypto';

/** HMAC-SHA-256 of a secret under one pepper, as 64 hex digits: what is stored of a key or a session. */
export type SecretHash = (secret: string) => string;

/** Bytes that SHA-256 takes at once. A longer pepper is hashed first (RFC 2104). */
const blockBytes = 64;

const digestBytes = 32;

/** Longest secret, in bytes, that is hashed in the buffer that is kept for it. */
const keptBytes = 1_024;

/**
 * Creates the hash function of an installation; create it once. The two hashes that an HMAC consists of (RFC 2104) are made
 * by `crypto.hash`: half the time of `createHmac`, which makes an object with a finalizer for every hash.
 */
export function createSecretHash(pepper: Uint8Array): SecretHash {
  const inner = Buffer.alloc(blockBytes + keptBytes, 0x36);
  const outer = Buffer.alloc(blockBytes + digestBytes, 0x5c);
  const key = pepper.length > blockBytes ? hash('sha256', pepper, 'buffer') : pepper;
  for (const [at, byte] of key.entries()) {
    inner[at] = byte ^ 0x36;
    outer[at] = byte ^ 0x5c;
  }
  const outerHash = (bytes: Uint8Array): string => {
    outer.set(hash('sha256', bytes, 'buffer'), blockBytes);
    return hash('sha256', outer, 'hex');
  };
  return (secret) => {
    // A character takes three bytes at most.
    if (secret.length * 3 > keptBytes) {
      return outerHash(Buffer.concat([inner.subarray(0, blockBytes), Buffer.from(secret)]));
    }
    const end = blockBytes + inner.write(secret, blockBytes);
    const hashed = outerHash(inner.subarray(0, end));
    inner.fill(0, blockBytes, end);
    return hashed;
  };
}

/** Compares a hash with a stored one in constant time. @param stored the bytes of its hex digits. */
export function isSameHash(hash: string, stored: Uint8Array): boolean {
  const bytes = Buffer.from(hash, 'hex');
  return bytes.length === stored.length && timingSafeEqual(bytes, stored);
}
