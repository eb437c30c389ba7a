import { createSecretHash } from './secret-hash.ts';

const nameDigits = 8;

/**
 * The name of an installation's session cookie. Cookies are scoped by host, not by port: with one name, two
 * installations on a machine would sign each other's users out.
 */
export function sessionCookieName(pepper: Uint8Array): string {
  return `kumiki_${createSecretHash(pepper)('name of the session cookie').slice(0, nameDigits)}`;
}
