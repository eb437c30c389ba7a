/**
 * A browser must not run, sniff, frame or cache a reply to a request with its cookie: an uploaded file would otherwise
 * be a page of the console's origin. A service's own headers override them.
 */
export const protections = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
} as const;
