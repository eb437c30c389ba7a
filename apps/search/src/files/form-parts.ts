import type { IncomingMessage } from 'node:http';
import { KumikiError } from '@kumiki/api';

/**
 * Limit for the next part or the end after the whole form has arrived. The multipart reader never ends a form whose
 * last part has an unterminated header.
 */
const formEndMs = 2_000;

/** Passes the parts of a form on. Throws `bad_request_framing` when the form has arrived completely and has no end. */
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
