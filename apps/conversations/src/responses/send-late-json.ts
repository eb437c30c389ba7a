import type { ServerResponse } from 'node:http';

/**
 * Sends one JSON value that takes long to compute. Blanks are sent first, which JSON allows, so that proxies do not
 * time out.
 */
export async function sendLateJson(response: ServerResponse, parts: AsyncIterable<string>): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
  response.flushHeaders();
  for await (const part of parts) response.write(part);
  response.end();
}
