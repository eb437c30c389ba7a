import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';

/** HMAC-SHA-256 of a secret under one pepper, as 64 hex digits: what is stored of a key or a session. */
export type SecretHash = (secret: string) => string;

/**
 * Creates the hash function of an installation. Create it once: importing the pepper costs seven times the hash itself
 * (9 against 1.3 µs).
 */
export function createSecretHash(pepper: Uint8Array): SecretHash {
  const key = createSecretKey(pepper);
  return (secret) => createHmac('sha256', key).update(secret).digest('hex');
}

/** Compares a hash with a stored one in constant time. @param stored the bytes of its hex digits. */
export function isSameHash(hash: string, stored: Uint8Array): boolean {
  const bytes = Buffer.from(hash, 'hex');
  return bytes.length === stored.length && timingSafeEqual(bytes, stored);
}
