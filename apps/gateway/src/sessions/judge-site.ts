/** What a browser says of the page that sent a request. None of it can be set by a page's script. */
export interface SiteFacts {
  /** `Sec-Fetch-Site`: sent to secure origins and to this machine, by every browser since 2023. */
  readonly fetchSite: string | undefined;
  readonly origin: string | undefined;
  readonly host: string | undefined;
  /** Whether the browser speaks TLS. */
  readonly https: boolean;
}

/** `unknown`: no page sent it, or none that says so (an address that was typed, a program that is no browser). */
export type Site = 'own' | 'other' | 'unknown';

/**
 * Whose page sent a request. Another port of the same host is another's, and so is another scheme: cookies make no
 * difference there.
 */
export function judgeSite({ fetchSite, origin, host, https }: SiteFacts): Site {
  if (fetchSite === 'same-origin') return 'own';
  if (fetchSite === 'none') return 'unknown';
  if (fetchSite !== undefined) return 'other';
  if (origin === undefined) return 'unknown';
  return host !== undefined && isOrigin(origin, https ? 'https:' : 'http:', host.toLowerCase()) ? 'own' : 'other';
}

/** Host and port, the port left out where the scheme implies it, as browsers write `Host`. */
function isOrigin(origin: string, scheme: string, host: string): boolean {
  const url = URL.parse(origin);
  return url !== null && url.protocol === scheme && url.host === host;
}

/** Methods that change nothing (RFC 9110, 9.2.1). */
export function isSafeMethod(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}
