import type { ServerResponse } from 'node:http';
import { observedPingMs, type RequestRecord } from '@kumiki/api';
import { createPendingRecords } from '@kumiki/policy';

/** Changed records are sent together, each in its present state. */
const recordsMs = 250;
/** Bytes that may wait for a slow reader. Beyond this limit the reader is disconnected and has to reconnect. */
const maxPendingBytes = 1_048_576;

/**
 * Sends every record that changes, until the reader leaves.
 * @param streams holds the function that ends this stream, as long as it is open.
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
