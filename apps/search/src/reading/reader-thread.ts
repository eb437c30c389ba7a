import { parentPort } from 'node:worker_threads';
import type { Format } from '../parse/detect-format.ts';
import { readDocument } from './read-document.ts';
import type { ReadRequest } from './read-request.ts';

/** Program of the thread that reads small plain texts, one at a time. */

const formats: ReadonlySet<Format> = new Set<Format>(['text', 'markdown', 'code']);

const port = parentPort;
if (port === null) throw new Error('reader-thread.ts is the body of a worker thread');

port.on('message', ({ data, request }: { readonly data: Uint8Array; readonly request: ReadRequest }) => {
  const lines: string[] = [];
  void readDocument(data, request, (line) => void lines.push(line), formats).then(() => {
    // A new array, since a buffer from Node's pool cannot be transferred and would be copied.
    const reply = new Uint8Array(Buffer.from(lines.join('')));
    port.postMessage(reply, [reply.buffer]);
  });
});
