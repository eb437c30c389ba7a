import type { IncomingMessage } from 'node:http';
import { KumikiError } from '@kumiki/api';
import { readJson as parseJson } from '@kumiki/service';
import { ClientLeft } from './exchange.ts';

const bodyLimitBytes = 33_554_432;
/** Those of any prompt, and the token ids of an answer that goes on here. The gateway holds clients to less. */
const maxValues = 1_500_000;

/** The request's body as JSON. Throws KumikiError. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const contentType = request.headers['content-type'] ?? 'application/json';
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(contentType)) {
    throw new KumikiError('unsupported_media_type', { contentType: contentType.slice(0, 128) });
  }
  return parseJson(await readBytes(request), maxValues);
}

/** What is too large is read to its end and thrown away: a client that still writes would not see the reply. */
function readBytes(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let bytes = 0;
    let refused = false;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bodyLimitBytes) refuse();
      else if (!refused) chunks.push(chunk);
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('close', () => reject(new ClientLeft()));
    if (Number(request.headers['content-length'] ?? 0) > bodyLimitBytes) refuse();

    function refuse(): void {
      refused = true;
      chunks = [];
      reject(new KumikiError('body_too_large', { limitBytes: bodyLimitBytes }));
    }
  });
}
