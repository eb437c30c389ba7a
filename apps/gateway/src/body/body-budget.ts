import { KumikiError } from '@kumiki/api';

/** Bytes of bodies that are held at once. */
export interface BodyMemory {
  readonly totalBytes: number;
  /** Of them for one key, */
  readonly keyBytes: number;
  /** for one address, */
  readonly addressBytes: number;
  /** and for all that come without a key together. */
  readonly publicBytes: number;
}

/** What one body holds of the memory. */
export interface BodyHold {
  /** Takes so many bytes in all. Returns the refusal when there is no room, and then holds what it held. */
  grow(bytes: number): KumikiError | null;
  /** Gives back what is beyond so many bytes. */
  shrink(bytes: number): void;
  /** Gives all of it back; may be called again. */
  release(): void;
}

export interface BodyBudget {
  /** @param key null for somebody who showed none. @param address null where it stands for many. */
  open(key: string | null, address: string | null): BodyHold;
  /** Bytes that are held now. */
  held(): number;
}

const mebibyte = 1_048_576;
const retryMs = 1_000;

/** Bodies of everybody without a key: a thousand of the largest that is read from them. */
const publicBytes = 4 * mebibyte;

/** A key has a quarter, an address a half; nobody less than two of the largest bodies. */
export function shareMemory(totalBytes: number, largestBody: number): BodyMemory {
  const least = Math.min(totalBytes, 2 * largestBody);
  return {
    totalBytes,
    keyBytes: Math.max(least, Math.floor(totalBytes / 4)),
    addressBytes: Math.max(least, Math.floor(totalBytes / 2)),
    publicBytes: Math.min(publicBytes, totalBytes),
  };
}

/** Counts the bytes of all bodies that a process holds, so that no number of clients can make it hold more. */
export function createBodyBudget(memory: BodyMemory): BodyBudget {
  let total = 0;
  let ofEverybody = 0;
  const byHolder = new Map<string, number>();

  function roomFor(more: number, key: string | null, address: string | null): KumikiError | null {
    const { totalBytes, keyBytes, addressBytes, publicBytes } = memory;
    if (total + more > totalBytes) return overloaded('The memory for request bodies', totalBytes);
    if (key === null && ofEverybody + more > publicBytes) {
      return overloaded('The memory for request bodies without a key', publicBytes);
    }
    if (key !== null && heldBy(`key ${key}`) + more > keyBytes) {
      return overloaded('The memory for request bodies of this key', keyBytes);
    }
    if (address !== null && heldBy(`address ${address}`) + more > addressBytes) {
      return overloaded('The memory for request bodies of this address', addressBytes);
    }
    return null;
  }
  function heldBy(holder: string): number {
    return byHolder.get(holder) ?? 0;
  }
  function add(more: number, key: string | null, address: string | null): void {
    total += more;
    if (key === null) ofEverybody += more;
    else addTo(`key ${key}`, more);
    if (address !== null) addTo(`address ${address}`, more);
  }
  function addTo(holder: string, more: number): void {
    const left = heldBy(holder) + more;
    if (left === 0) byHolder.delete(holder);
    else byHolder.set(holder, left);
  }

  return {
    open(key, address) {
      let held = 0;
      const shrink = (bytes: number): void => {
        if (bytes >= held) return;
        add(bytes - held, key, address);
        held = bytes;
      };
      return {
        grow(bytes) {
          if (bytes <= held) return null;
          const refusal = roomFor(bytes - held, key, address);
          if (refusal !== null) return refusal;
          add(bytes - held, key, address);
          held = bytes;
          return null;
        },
        shrink,
        release: () => shrink(0),
      };
    },
    held: () => total,
  };
}

function overloaded(what: string, bytes: number): KumikiError {
  const limit = bytes % mebibyte === 0 ? `${bytes / mebibyte} MiB` : `${bytes} bytes`;
  return new KumikiError('overloaded', { what, limit, retryAfter: '1 s' }, { retryAfterMs: retryMs });
}
