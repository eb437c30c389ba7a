import { parseAddress } from './parse-address.ts';

/** The destination of a connection: a host, normalised as URLs do, and a port. */
export interface Place {
  /** Lower case, without brackets or a final dot; an IP address in canonical notation. */
  readonly host: string;
  readonly port: number;
}

const defaultPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/**
 * The place of an http or https URL. The URL parser normalises every notation of an address (decimal, octal,
 * hexadecimal, escaped, full width), as it also does when the connection is made. null for any other text.
 */
export function placeOf(url: string): Place | null {
  const parsed = URL.parse(url);
  const port = parsed === null ? undefined : defaultPorts[parsed.protocol];
  if (parsed === null || port === undefined || parsed.hostname === '') return null;
  return { host: plainHost(parsed.hostname), port: parsed.port === '' ? port : Number(parsed.port) };
}

/** A URL's host name without brackets and without the dot that ends a name. */
export function plainHost(hostname: string): string {
  const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return host.replace(/\.$/, '').toLowerCase();
}

/** `host:port`, an IPv6 address in brackets. */
export function formatPlace({ host, port }: Place): string {
  return parseAddress(host) !== null && host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
