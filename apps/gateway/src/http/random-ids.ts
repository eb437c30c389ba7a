import { randomFillSync } from 'node:crypto';

const pool = Buffer.allocUnsafe(8_192);
let at = pool.length;

/** `count` random bytes in hexadecimal. One call of the generator serves hundreds of ids. */
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

/** One hop of a trace. */
export interface TraceHop {
  readonly traceId: string;
  readonly spanId: string;
  /** Null where the trace begins here. */
  readonly parentSpanId: string | null;
  /** The W3C trace context to send on. */
  readonly traceparent: string;
}

/** The caller's trace with a new span, or a new trace when the caller sent none or a malformed one. */
export function openHop(received: string | undefined): TraceHop {
  const spanId = randomHex(8);
  if (received === undefined || !traceparentPattern.test(received)) {
    const traceId = randomHex(16);
    return { traceId, spanId, parentSpanId: null, traceparent: `00-${traceId}-${spanId}-01` };
  }
  const traceId = received.slice(3, 35);
  const parentSpanId = received.slice(36, 52);
  return { traceId, spanId, parentSpanId, traceparent: `00-${traceId}-${spanId}${received.slice(52)}` };
}
