import { checkApiKeyFormat, KumikiError, type KeyRecord } from '@kumiki/api';
import { createSecretHash, isSameHash } from '@kumiki/seal';

/** Longest `authorization` value that is read. */
const maxAuthorizationLength = 512;

export interface KeyStore {
  replace(keys: readonly KeyRecord[]): void;
  /**
   * The record of the key in an `authorization` header, or throws `invalid_api_key`.
   * @param now Unix seconds.
   */
  authenticate(authorization: string | undefined, now: number): KeyRecord;
  /** The record of the key that a service acts for, or throws `invalid_api_key`. */
  actingFor(id: string, now: number): KeyRecord;
  /** The record of a key; null when it is not valid now. */
  withId(id: string, now: number): KeyRecord | null;
}

/**
 * Finds keys by their hash. An attacker who can time the look-up learns about hashes under a secret pepper, not
 * about keys; the final comparison is constant-time all the same.
 * @param readNewer replaces the keys at once if there is a newer snapshot: a key may be used as soon as it is made.
 */
export function createKeyStore(
  pepper: Uint8Array,
  initial: readonly KeyRecord[],
  readNewer: () => void = () => {},
): KeyStore {
  const hashOf = createSecretHash(pepper);
  let byHash = index(initial);
  let byId = indexById(initial);
  const findAgain = (hash: string): StoredKey | undefined => {
    readNewer();
    return byHash.get(hash);
  };

  return {
    replace(keys) {
      byHash = index(keys);
      byId = indexById(keys);
    },
    authenticate(authorization, now) {
      const key = bearerToken(authorization);
      switch (checkApiKeyFormat(key)) {
        case 'malformed':
          throw invalid('it has not the form of one');
        case 'checksum_mismatch':
          throw invalid('its checksum does not match, so it was mistyped or cut');
        case 'valid':
          break;
      }
      const hash = hashOf(key);
      const found = byHash.get(hash) ?? findAgain(hash);
      if (found === undefined || !isSameHash(hash, found.hash)) throw invalid('it is not known here');
      return requireLive(found.record, now);
    },
    actingFor(id, now) {
      if (!byId.has(id)) readNewer();
      const record = byId.get(id);
      if (record === undefined) throw invalid('the one that is acted for is not known here');
      return requireLive(record, now);
    },
    withId(id, now) {
      const record = byId.get(id);
      return record === undefined || hasExpired(record, now) ? null : record;
    },
  };
}

interface StoredKey {
  readonly record: KeyRecord;
  readonly hash: Buffer;
}

function index(keys: readonly KeyRecord[]): Map<string, StoredKey> {
  return new Map(keys.map((record) => [record.hash, { record, hash: Buffer.from(record.hash, 'hex') }]));
}

function indexById(keys: readonly KeyRecord[]): Map<string, KeyRecord> {
  return new Map(keys.map((record) => [record.id, record]));
}

function requireLive(record: KeyRecord, now: number): KeyRecord {
  if (hasExpired(record, now)) throw invalid('it has expired');
  return record;
}

function hasExpired({ expiresAt }: KeyRecord, now: number): boolean {
  return expiresAt !== null && expiresAt <= now;
}

function bearerToken(authorization: string | undefined): string {
  if (authorization === undefined || authorization === '') throw invalid('there is none in the request');
  if (authorization.length > maxAuthorizationLength) throw invalid('the header is too long');
  const match = /^bearer +(\S+) *$/i.exec(authorization);
  if (match?.[1] === undefined) throw invalid('the Authorization header is not of the form "Bearer …"');
  return match[1];
}

function invalid(reason: string): KumikiError {
  return new KumikiError('invalid_api_key', { reason });
}
