import { KumikiError } from '@kumiki/api';

/** Ends an open request when its key or session is no longer valid. */
export interface Revocation {
  /** Why the request has ended; null while it has not. To be checked after every wait. */
  error(): KumikiError | null;
  /** Sets what ends the request, replacing the earlier handler. */
  handle(end: (error: KumikiError) => void): void;
  revoke(credential: 'key' | 'session'): void;
}

/** @param end ends the request until `handle` sets something else. */
export function createRevocation(end: (error: KumikiError) => void): Revocation {
  return new OpenRevocation(end);
}

/** A class because every request makes one, and closures cost several times as much. */
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

/** Throws the reason when the request has ended. */
export function requireUnrevoked(revocation: Revocation): void {
  const error = revocation.error();
  if (error !== null) throw error;
}
