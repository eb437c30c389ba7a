import { KumikiError } from '@kumiki/api';

/** How many bytes of request bodies may be held at once. */
export interface BodyMemory {
  readonly totalBytes: number;
  /** The most that one key may hold. */
  readonly keyBytes: number;
  /** The most that one client address may hold. */
  readonly addressBytes: number;
  /** The most that all requests without a key may hold together. */
  readonly publicBytes: number;
}

/** The memory that one body has taken. */
export interface BodyHold {
  /** Grows to this many bytes in all. Returns the refusal when there is no room, and then keeps what it had. */
  grow(bytes: number): KumikiError | null;
  /** Shrinks to this many bytes. */
  shrink(bytes: number): void;
  /** Gives everything back. May be called more than once. */
  release(): void;
}

export interface BodyBudget {
  /** @param key null for a client without one. @param address null where many clients share it. */
  open(key: string | null, address: string | null): BodyHold;
  /** Bytes held now. */
  held(): number;
}

const mebibyte = 1_048_576;
const retryMs = 1_000;

/** For all requests without a key: a thousand bodies of the largest size that is read from them. */
const publicBytes = 4 * mebibyte;

/** A key gets a quarter of the memory and an address a half, but never less than two bodies of the largest size. */
export function shareMemory(totalBytes: number, largestBody: number): BodyMemory {
  const least = Math.min(totalBytes, 2 * largestBody);
  return {
    totalBytes,
    keyBytes: Math.max(least, Math.floor(totalBytes / 4)),
    addressBytes: Math.max(least, Math.floor(totalBytes / 2)),
    publicBytes: Math.min(publicBytes, totalBytes),
  };
}

/** Counts the bytes of all bodies that the process holds, so that no number of clients can make it hold more than its budget. */
export function createBodyBudget(memory: BodyMemory): BodyBudget {
  const account = new Account(memory);
  return { open: (key, address) => new Hold(account, key, address), held: () => account.total };
}

/** Bytes held, by key and by address. A class, like Hold, because every request makes one, and closures cost several times as much. */
class Account {
  readonly #memory: BodyMemory;
  readonly #byKey = new Map<string, number>();
  readonly #byAddress = new Map<string, number>();
  total = 0;
  #withoutKey = 0;

  constructor(memory: BodyMemory) {
    this.#memory = memory;
  }

  /** The refusal when there is no room for this many more bytes. */
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
