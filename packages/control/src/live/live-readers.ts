import { PassThrough, type Readable } from 'node:stream';
import { KumikiError } from '@kumiki/api';

/** Most concurrent readers. A browser tab is one. */
const maxReaders = 64;
/**
 * Bytes that are buffered for a slow reader. Beyond it the reader is disconnected, and starts over when it reconnects.
 */
const maxPendingBytes = 1_048_576;
/** `retry-after` of the refusal when there are too many readers. */
const retryMs = 5_000;

/** The open streams. */
export interface LiveReaders {
  /**
   * A stream that begins with these frames. Throws KumikiError when there are too many readers.
   * @param mayRead called by `check`; a reader that is no longer allowed is disconnected.
   */
  join(frames: readonly string[], mayRead: () => boolean): Readable;
  /** Disconnects readers that are no longer allowed. */
  check(): void;
  send(frame: string): void;
  count(): number;
  /** Ends all streams cleanly. */
  end(): void;
}

/** @param onLast called when the last reader has disconnected. */
export function createLiveReaders(onLast: () => void): LiveReaders {
  const readers = new Map<PassThrough, () => boolean>();

  function leave(reader: PassThrough): void {
    if (readers.delete(reader) && readers.size === 0) onLast();
  }

  return {
    join(frames, mayRead) {
      if (readers.size >= maxReaders) {
        const reason = `${maxReaders} live streams are open, which is the limit; close some`;
        throw new KumikiError('service_unavailable', { reason }, { retryAfterMs: retryMs });
      }
      const reader = new PassThrough();
      reader.on('close', () => leave(reader));
      // A stream that was destroyed emits an error that needs no handling.
      reader.on('error', () => {});
      for (const frame of frames) reader.write(frame);
      readers.set(reader, mayRead);
      return reader;
    },
    check() {
      for (const [reader, mayRead] of readers) if (!mayRead()) reader.destroy();
    },
    send(frame) {
      for (const reader of readers.keys()) {
        if (reader.writableLength > maxPendingBytes) reader.destroy();
        else reader.write(frame);
      }
    },
    count: () => readers.size,
    end() {
      for (const reader of readers.keys()) {
        leave(reader);
        // A client that does not read would delay the draining of open requests.
        if (reader.writableLength > 0) reader.destroy();
        else reader.end();
      }
    },
  };
}
