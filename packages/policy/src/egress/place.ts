import { parseAddress } from './parse-address.ts';

/** Where a connection goes: a host as URLs spell it at the end, and a port. */
export interface Place {
  /** In lower case, without brackets, without a dot at its end; an IP address in its usual spelling. */
  readonly host: string;
  readonly port: number;
}

const defaultPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/**
 * The place of an http or https URL. Whatever way an address is spelt (decimal, octal, hexadecimal, with escapes or in full
 * width), the URL parser gives the one usual spelling, as it does for whoever connects. Null for what is none.
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
