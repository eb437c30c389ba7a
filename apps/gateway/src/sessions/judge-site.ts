/** What a browser reports about the page that sent a request. A page's script can set none of it. */
export interface SiteFacts {
  /** `Sec-Fetch-Site`: sent to secure origins and to this machine, by every browser since 2023. */
  readonly fetchSite: string | undefined;
  readonly origin: string | undefined;
  readonly host: string | undefined;
  /** Whether the browser speaks TLS. */
  readonly https: boolean;
}

/** `unknown`: no page sent the request, or no header names it (a typed address, a program that is not a browser). */
export type Site = 'own' | 'other' | 'unknown';

/**
 * Decides whose page sent a request. Another port of the same host, or another scheme, counts as another site, although
 * cookies do not distinguish them.
 */
export function judgeSite({ fetchSite, origin, host, https }: SiteFacts): Site {
  if (fetchSite === 'same-origin') return 'own';
  if (fetchSite === 'none') return 'unknown';
  if (fetchSite !== undefined) return 'other';
  if (origin === undefined) return 'unknown';
  return host !== undefined && isOrigin(origin, https ? 'https:' : 'http:', host.toLowerCase()) ? 'own' : 'other';
}

/** Host and port as browsers write `Host`: without the port that the scheme implies. */
function isOrigin(origin: string, scheme: string, host: string): boolean {
  const url = URL.parse(origin);
  return url !== null && url.protocol === scheme && url.host === host;
}

/** Methods that change nothing (RFC 9110, 9.2.1). */
export function isSafeMethod(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}
