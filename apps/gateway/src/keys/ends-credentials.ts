/** What ends keys and sessions, the caller's own among them. */
const places = ['/v1/kumiki/session', '/v1/kumiki/sessions', '/v1/kumiki/keys'];

/**
 * Whether a request may end the very key or session that it came with. Such a one gets its answer, as whoever signs out wants
 * to see it (and the browser has to be told to forget its cookie): it is short, and does nothing else.
 */
export function endsCredentials(method: string, path: string): boolean {
  return method === 'DELETE' && places.some((place) => path === place || path.startsWith(`${place}/`));
}
