/** What a browser says of the page that sent a request. None of it can be set by a page's script. */
export interface SiteFacts {
  /** `Sec-Fetch-Site`: sent to secure origins and to this machine, by every browser since 2023. */
  readonly fetchSite: string | undefined;
  readonly origin: string | undefined;
  readonly host: string | undefined;
}

/** `unknown`: no page sent it, or none that says so (an address that was typed, a program that is no browser). */
export type Site = 'own' | 'other' | 'unknown';

/** Whose page sent a request. Another port of the same host is another's: cookies make no difference there. */
export function judgeSite({ fetchSite, origin, host }: SiteFacts): Site {
  if (fetchSite === 'same-origin') return 'own';
  if (fetchSite === 'none') return 'unknown';
  if (fetchSite !== undefined) return 'other';
  if (origin === undefined) return 'unknown';
  return host !== undefined && hostOf(origin) === host.toLowerCase() ? 'own' : 'other';
}

/** Host and port, the port left out where the scheme implies it, as browsers write `Host`. */
function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}

/** Methods that change nothing (RFC 9110, 9.2.1). */
export function isSafeMethod(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}
