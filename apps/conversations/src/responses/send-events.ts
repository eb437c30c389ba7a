import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { typeOf } from '../runs/read-log.ts';

const head = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
} as const;

/** Sends a response's events as they come, comments while there are none, and `[DONE]` after the last. */
export async function sendEvents(
  response: ServerResponse,
  events: AsyncIterable<readonly string[]>,
  signal: AbortSignal,
): Promise<void> {
  response.writeHead(200, head);
  response.flushHeaders();
  for await (const batch of events) {
    const text = batch.length === 0 ? ': ping\n\n' : batch.map(frameOf).join('');
    if (!response.write(text)) await once(response, 'drain', { signal }).catch(() => {});
    if (signal.aborted) return;
  }
  response.end('data: [DONE]\n\n');
}

function frameOf(event: string): string {
  return `event: ${typeOf(event)}\ndata: ${event}\n\n`;
}
