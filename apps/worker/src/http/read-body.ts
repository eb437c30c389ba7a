import type { IncomingMessage } from 'node:http';
import { KumikiError } from '@kumiki/api';
import type { BodyLimit } from '../preparation/body-limit.ts';
import { ClientLeft } from './exchange.ts';

/**
 * The bytes of a JSON body. A body that is too large is read to its end and thrown away: otherwise a client that still
 * writes would not see the reply.
 */
export async function readBody(request: IncomingMessage, limit: BodyLimit): Promise<Buffer> {
  const contentType = request.headers['content-type'] ?? 'application/json';
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(contentType)) {
    throw new KumikiError('unsupported_media_type', { contentType: contentType.slice(0, 128) });
  }
  return readBytes(request, limit);
}

function readBytes(request: IncomingMessage, limit: BodyLimit): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let bytes = 0;
    let refused = false;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > limit.bytes) refuse(bytes);
      else if (!refused) chunks.push(chunk);
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('close', () => reject(new ClientLeft()));
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced > limit.bytes) refuse(announced);

    function refuse(least: number): void {
      refused = true;
      chunks = [];
      reject(limit.refusal(least));
    }
  });
}
