import type { ServerResponse } from 'node:http';
import { observedPingMs, type RequestRecord } from '@kumiki/api';
import { createPendingRecords } from '@kumiki/policy';

/** Records that have moved go out together, each as it is then. */
const recordsMs = 250;
/** What waits for a reader that does not read; then it is cut off, and asks again when it reads again. */
const maxPendingBytes = 1_048_576;

/**
 * Sends every record that moves, until the reader leaves.
 * @param streams gets what ends this one, while it lasts.
 */
export function streamRecords(
  response: ServerResponse,
  subscribe: (listener: (record: RequestRecord) => void) => () => void,
  streams: Set<() => void>,
): void {
  const pending = createPendingRecords<RequestRecord>();
  const send = (text: string): void => {
    if (response.writableLength > maxPendingBytes) response.destroy();
    else response.write(text);
  };
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  send(': ping\n\n');
  const unsubscribe = subscribe(pending.add);
  const timers = [
    setInterval(() => {
      for (const record of pending.take()) send(`data: ${JSON.stringify(record)}\n\n`);
    }, recordsMs),
    setInterval(() => send(': ping\n\n'), observedPingMs),
  ];
  const end = (): void => {
    for (const timer of timers) clearInterval(timer);
    unsubscribe();
    streams.delete(end);
    response.end();
  };
  streams.add(end);
  response.on('close', end);
}
