import { createSecretHash } from './secret-hash.ts';

const nameDigits = 8;

/**
 * The name of an installation's session cookie. Cookies are told apart by host and not by port: two products on one
 * machine would sign each other out if theirs had one name.
 */
export function sessionCookieName(pepper: Uint8Array): string {
  return `kumiki_${createSecretHash(pepper)('name of the session cookie').slice(0, nameDigits)}`;
}
