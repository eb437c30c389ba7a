import { randomFillSync } from 'node:crypto';

const pool = Buffer.allocUnsafe(8_192);
let at = pool.length;

/** `count` random bytes as hex digits. One call of the generator fills hundreds of ids. */
function randomHex(count: number): string {
  if (at + count > pool.length) {
    randomFillSync(pool);
    at = 0;
  }
  const text = pool.toString('hex', at, at + count);
  pool.fill(0, at, at + count);
  at += count;
  return text;
}

export function makeRequestId(): string {
  return `req_${randomHex(16)}`;
}

const traceparentPattern = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * The W3C trace context to send on: the caller's trace with a parent of our own, or a new trace when the caller
 * sent none or a malformed one.
 */
export function nextTraceparent(received: string | undefined): string {
  if (received === undefined || !traceparentPattern.test(received)) return `00-${randomHex(16)}-${randomHex(8)}-01`;
  return `${received.slice(0, 36)}${randomHex(8)}${received.slice(52)}`;
}
