import { PassThrough, type Readable } from 'node:stream';
import { KumikiError } from '@kumiki/api';

/** Readers at once: one is a tab of a browser. */
const maxReaders = 64;
/** What waits for a reader that does not read; then it is cut off, and begins anew when it reads again. */
const maxPendingBytes = 1_048_576;
/** Told to who finds no room. */
const retryMs = 5_000;

/** The streams of those who read along. */
export interface LiveReaders {
  /**
   * A stream that begins with these frames. Throws KumikiError when there are too many readers.
   * @param mayRead asked now and then; a reader that may no longer is cut off.
   */
  join(frames: readonly string[], mayRead: () => boolean): Readable;
  /** Cuts off who may no longer read. */
  check(): void;
  send(frame: string): void;
  count(): number;
  /** Ends all streams in good order. */
  end(): void;
}

/** @param onLast the last reader has left. */
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
      // A reader that was cut off has nobody to hear of it.
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
        // Who does not read would keep everybody waiting who waits for open requests.
        if (reader.writableLength > 0) reader.destroy();
        else reader.end();
      }
    },
  };
}
