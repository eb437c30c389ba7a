/** Parses an origin and writes it as browsers do; null when the text is not exactly an origin. */
export function readOrigin(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { protocol, origin, pathname, search, hash, username, password } = new URL(text);
  const more = pathname !== '/' || search + hash + username + password !== '';
  return more || (protocol !== 'http:' && protocol !== 'https:') ? null : origin;
}
