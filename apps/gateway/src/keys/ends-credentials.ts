/** Paths where DELETE ends keys and sessions, among them the caller's. */
const places = ['/v1/kumiki/session', '/v1/kumiki/sessions', '/v1/kumiki/keys'];

/**
 * Whether a request may end the key or session that it came with. Such a request is still answered: it is short and
 * does nothing else, its sender needs the result, and the browser needs the header that drops its cookie.
 */
export function endsCredentials(method: string, path: string): boolean {
  return method === 'DELETE' && places.some((place) => path === place || path.startsWith(`${place}/`));
}
