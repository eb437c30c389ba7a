/** The origin that a text names, as browsers write it; null where it is none, or more than one. */
export function readOrigin(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { protocol, origin, pathname, search, hash, username, password } = new URL(text);
  const more = pathname !== '/' || search + hash + username + password !== '';
  return more || (protocol !== 'http:' && protocol !== 'https:') ? null : origin;
}
