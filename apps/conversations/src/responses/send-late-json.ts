import type { ServerResponse } from 'node:http';

/**
 * Sends one JSON value that takes its time: blanks go out first, which JSON allows before a value, so that nobody on the
 * way takes the silence for a failure.
 */
export async function sendLateJson(response: ServerResponse, parts: AsyncIterable<string>): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
  response.flushHeaders();
  for await (const part of parts) response.write(part);
  response.end();
}
