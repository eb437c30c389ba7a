import type { ServerResponse } from 'node:http';

/**
 * What a browser gets with its cookie it must not run, guess, frame or keep: a file that somebody uploaded would
 * otherwise be a page of the console's own origin.
 */
const protections = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
} as const;

/** Sets them on a reply that has not begun. What a service says of its own reply goes before. */
export function protectReply(response: ServerResponse): void {
  for (const [name, value] of Object.entries(protections)) response.setHeader(name, value);
}
