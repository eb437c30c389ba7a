/** Paths where DELETE ends keys and sessions, among them the caller's. */
const places = ['/v1/kumiki/session', '/v1/kumiki/sessions', '/v1/kumiki/keys'];

/**
 * Whether a request may end the key or session that it came with. Such a request is answered all the same: it is short and
 * does nothing else, its sender wants to know, and the browser has to be told to drop its cookie.
 */
export function endsCredentials(method: string, path: string): boolean {
  return method === 'DELETE' && places.some((place) => path === place || path.startsWith(`${place}/`));
}
