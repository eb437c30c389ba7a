import type { IncomingMessage } from 'node:http';
import { KumikiError } from '@kumiki/api';

/**
 * Once a form has come whole, its next part or its end must be found within this time. The reader of forms never ends
 * one whose last part has no end of its head.
 */
const formEndMs = 2_000;

/** Passes the parts of a form on. Throws `bad_request_framing` where it has come whole and does not end. */
export async function* formParts<Part>(
  parts: AsyncIterable<Part>,
  raw: Pick<IncomingMessage, 'readableEnded' | 'once' | 'off'>,
  endMs: number = formEndMs,
): AsyncGenerator<Part> {
  const iterator = parts[Symbol.asyncIterator]();
  for (;;) {
    const next = await beforeEnd(iterator.next(), raw, endMs);
    if (next.done === true) return;
    yield next.value;
  }
}

async function beforeEnd<Value>(
  work: Promise<Value>,
  raw: Pick<IncomingMessage, 'readableEnded' | 'once' | 'off'>,
  endMs: number,
): Promise<Value> {
  const late = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const onEnd = (): void => {
    const refusal = new KumikiError('bad_request_framing', { reason: 'a part of the form has no end' });
    timer = setTimeout(() => late.reject(refusal), endMs);
  };
  if (raw.readableEnded) onEnd();
  else raw.once('end', onEnd);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    raw.off('end', onEnd);
    clearTimeout(timer);
  }
}
