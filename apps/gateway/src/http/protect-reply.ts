import type { ServerResponse } from 'node:http';

/**
 * A browser must not run, sniff, frame or cache a reply to a request with its cookie: an uploaded file would otherwise
 * be a page of the console's origin.
 */
const protections = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
} as const;

/** Sets them on a reply that has not begun. A service's own headers override them. */
export function protectReply(response: ServerResponse): void {
  for (const [name, value] of Object.entries(protections)) response.setHeader(name, value);
}
