import { KumikiError } from '@kumiki/api';
import type { Segment } from './read-reply.ts';
import type { ReadRequest } from './read-request.ts';
import { processesAtOnce, threadBytesLimit, waitingLimit } from './reading-limits.ts';
import { runProcess } from './run-process.ts';
import { createReaderThread } from './run-thread.ts';
import { createSlots, type Slots } from './slots.ts';

/** The bytes of a document, which may be read more than once. */
export interface DocumentSource {
  readonly bytes: number;
  open(): AsyncIterable<Uint8Array>;
}

/** Parses documents in isolation. */
export interface Reader {
  /**
   * One segment of a document as chunks. An unreadable file is an outcome, not an error, even if it crashes its reader.
   * Rejects with the signal's reason, with `overloaded` when too many wait, and with an error of the source.
   */
  read(source: DocumentSource, request: ReadRequest, signal: AbortSignal): Promise<Segment>;
  close(): Promise<void>;
}

export function createReader(): Reader {
  const thread = createReaderThread();
  const ofThread = createSlots({ atOnce: 1, waiting: waitingLimit });
  const ofProcesses = createSlots({ atOnce: processesAtOnce, waiting: waitingLimit });
  return {
    async read(source, request, signal) {
      if (source.bytes <= threadBytesLimit) {
        const data = await readWhole(source);
        const segment = await within(ofThread, signal, () => thread.run(data, request, signal));
        if (segment.end.ok || segment.end.code !== 'elsewhere') return segment;
      }
      return within(ofProcesses, signal, () => runProcess(source.open(), request, signal));
    },
    close: () => thread.close(),
  };
}

async function within<Value>(slots: Slots, signal: AbortSignal, work: () => Promise<Value>): Promise<Value> {
  const giveBack = await slots.take(signal);
  if (giveBack === null) {
    const what = 'The number of documents that wait to be read';
    throw new KumikiError('overloaded', { what, limit: waitingLimit, retryAfter: '5 s' }, { retryAfterMs: 5_000 });
  }
  try {
    return await work();
  } finally {
    giveBack();
  }
}

async function readWhole(source: DocumentSource): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source.open()) pieces.push(piece);
  return Buffer.concat(pieces);
}
