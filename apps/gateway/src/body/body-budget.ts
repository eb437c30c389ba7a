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
  const account = new Account(memory);
  return { open: (key, address) => new Hold(account, key, address), held: () => account.total };
}

/** What all bodies hold, and whose they are. A class, like the hold: each request has one, and closures cost several times as much. */
class Account {
  readonly #memory: BodyMemory;
  readonly #byKey = new Map<string, number>();
  readonly #byAddress = new Map<string, number>();
  total = 0;
  #withoutKey = 0;

  constructor(memory: BodyMemory) {
    this.#memory = memory;
  }

  /** The refusal when there is no room for so many bytes more. */
  refusalOf(more: number, key: string | null, address: string | null): KumikiError | null {
    const { totalBytes, keyBytes, addressBytes, publicBytes } = this.#memory;
    if (this.total + more > totalBytes) return overloaded('The memory for request bodies', totalBytes);
    if (key === null && this.#withoutKey + more > publicBytes) {
      return overloaded('The memory for request bodies without a key', publicBytes);
    }
    if (key !== null && (this.#byKey.get(key) ?? 0) + more > keyBytes) {
      return overloaded('The memory for request bodies of this key', keyBytes);
    }
    if (address !== null && (this.#byAddress.get(address) ?? 0) + more > addressBytes) {
      return overloaded('The memory for request bodies of this address', addressBytes);
    }
    return null;
  }

  /** @param more negative to give bytes back. */
  add(more: number, key: string | null, address: string | null): void {
    this.total += more;
    if (key === null) this.#withoutKey += more;
    else addTo(this.#byKey, key, more);
    if (address !== null) addTo(this.#byAddress, address, more);
  }
}

function addTo(holders: Map<string, number>, holder: string, more: number): void {
  const left = (holders.get(holder) ?? 0) + more;
  if (left === 0) holders.delete(holder);
  else holders.set(holder, left);
}

class Hold implements BodyHold {
  readonly #account: Account;
  readonly #key: string | null;
  readonly #address: string | null;
  #bytes = 0;

  constructor(account: Account, key: string | null, address: string | null) {
    this.#account = account;
    this.#key = key;
    this.#address = address;
  }

  grow(bytes: number): KumikiError | null {
    const more = bytes - this.#bytes;
    if (more <= 0) return null;
    const refusal = this.#account.refusalOf(more, this.#key, this.#address);
    if (refusal !== null) return refusal;
    this.#account.add(more, this.#key, this.#address);
    this.#bytes = bytes;
    return null;
  }

  shrink(bytes: number): void {
    if (bytes >= this.#bytes) return;
    this.#account.add(bytes - this.#bytes, this.#key, this.#address);
    this.#bytes = bytes;
  }

  release(): void {
    this.shrink(0);
  }
}

function overloaded(what: string, bytes: number): KumikiError {
  const limit = bytes % mebibyte === 0 ? `${bytes / mebibyte} MiB` : `${bytes} bytes`;
  return new KumikiError('overloaded', { what, limit, retryAfter: '1 s' }, { retryAfterMs: retryMs });
}
