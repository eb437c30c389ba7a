import type { IncomingMessage } from 'node:http';
import { KumikiError } from '@kumiki/api';
import { ClientLeft } from './exchange.ts';

const bodyLimitBytes = 33_554_432;
const depthLimit = 128;

/** The request's body as JSON. Throws KumikiError. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const contentType = request.headers['content-type'] ?? 'application/json';
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(contentType)) {
    throw new KumikiError('unsupported_media_type', { contentType: contentType.slice(0, 128) });
  }
  return parseJson(await readBytes(request));
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

/** Parses UTF-8 JSON that does not nest too deep. Throws KumikiError. */
function parseJson(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new KumikiError('invalid_json', { reason: 'it is not UTF-8' });
  }
  if (nestsDeeper(text, depthLimit)) throw new KumikiError('body_too_deep', { limit: depthLimit });
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/, ".*$/s, '') : 'it cannot be read';
    throw new KumikiError('invalid_json', { reason });
  }
}

function nestsDeeper(text: string, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (inString) {
      if (character === 0x5c) at += 1;
      else if (character === 0x22) inString = false;
    } else if (character === 0x22) inString = true;
    else if (character === 0x7b || character === 0x5b) {
      depth += 1;
      if (depth > limit) return true;
    } else if (character === 0x7d || character === 0x5d) depth -= 1;
  }
  return false;
}
