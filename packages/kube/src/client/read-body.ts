import type { IncomingMessage } from 'node:http';

/** The whole body as text; null where it is longer than the limit. Throws where the connection ends before the body. */
export async function readBody(body: IncomingMessage, limitBytes: number): Promise<string | null> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of body as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > limitBytes) {
      body.destroy();
      return null;
    }
    parts.push(part);
  }
  return Buffer.concat(parts, length).toString('utf8');
}
