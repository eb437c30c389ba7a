export type CookieRead =
  | { readonly kind: 'none' }
  /** Several cookies have the name, so it is unknown which of them the gateway's service set. */
  | { readonly kind: 'twice' }
  | { readonly kind: 'found'; readonly value: string };

/** Finds one cookie in a `cookie` header. */
export function readCookie(header: string | undefined, name: string): CookieRead {
  let found: string | null = null;
  for (const pair of header?.split(';') ?? []) {
    const equals = pair.indexOf('=');
    if (equals === -1 || pair.slice(0, equals).trim() !== name) continue;
    if (found !== null) return { kind: 'twice' };
    found = pair.slice(equals + 1).trim();
  }
  return found === null ? { kind: 'none' } : { kind: 'found', value: found };
}
