import { KumikiError } from '@kumiki/api';

/** Told to an open request when the key or the session that it came with is no longer valid. */
export interface Revocation {
  /** Why the request is over; null as long as it is not. Whoever has waited looks here before going on. */
  error(): KumikiError | null;
  /** Who ends the request when that happens, in the place of whoever would have before. */
  handle(end: (error: KumikiError) => void): void;
  revoke(credential: 'key' | 'session'): void;
}

/** @param end ends the request while nobody else does. */
export function createRevocation(end: (error: KumikiError) => void): Revocation {
  return new OpenRevocation(end);
}

/** A class because every request has one: closures cost several times as much. */
class OpenRevocation implements Revocation {
  #error: KumikiError | null = null;
  #end: (error: KumikiError) => void;

  constructor(end: (error: KumikiError) => void) {
    this.#end = end;
  }

  error(): KumikiError | null {
    return this.#error;
  }

  handle(end: (error: KumikiError) => void): void {
    this.#end = end;
  }

  revoke(credential: 'key' | 'session'): void {
    if (this.#error !== null) return;
    this.#error = new KumikiError('credential_revoked', { credential });
    this.#end(this.#error);
  }
}

/** Throws when it is over. */
export function requireUnrevoked(revocation: Revocation): void {
  const error = revocation.error();
  if (error !== null) throw error;
}
