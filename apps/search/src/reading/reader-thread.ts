import { parentPort } from 'node:worker_threads';
import type { Format } from '../parse/detect-format.ts';
import { readDocument } from './read-document.ts';
import type { ReadRequest } from './read-request.ts';

/** The body of the thread that reads small plain texts, one after the other. */

const formats: ReadonlySet<Format> = new Set<Format>(['text', 'markdown', 'code']);

const port = parentPort;
if (port === null) throw new Error('reader-thread.ts is the body of a worker thread');

port.on('message', ({ data, request }: { readonly data: Uint8Array; readonly request: ReadRequest }) => {
  const lines: string[] = [];
  void readDocument(data, request, (line) => void lines.push(line), formats).then(() => {
    // Cut from the pool of small buffers, a copy of it would travel.
    const reply = new Uint8Array(Buffer.from(lines.join('')));
    port.postMessage(reply, [reply.buffer]);
  });
});
