import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pingFrame } from '../answer/frames.ts';

/** A reply that is a stream of events. */
export interface EventStream {
  /** Sends the head; later calls do nothing. */
  open(): void;
  readonly opened: boolean;
  /** One frame, in one write. */
  write(frame: string): void;
  ping(): void;
  end(): void;
  /** Cuts the connection without an end. */
  destroy(): void;
  /** Resolves when the reader has read what was written, or has left; null when there is room. */
  room(): Promise<void> | null;
  /** When something was last sent, milliseconds on the monotonic clock. */
  readonly lastWriteAt: number;
}

/**
 * Frames go straight to the socket with their chunk header, which costs one write each; `ServerResponse.write` makes
 * four. The response still makes the head and the end.
 */
export function createEventStream(request: IncomingMessage, response: ServerResponse): EventStream {
  // A pipelined request has no socket until the earlier ones are answered; HTTP/1.0 has no chunks.
  const socket = request.httpVersion === '1.1' ? response.socket : null;
  let opened = false;
  let lastWriteAt = performance.now();
  let full = false;
  let room: Promise<void> | null = null;

  function open(): void {
    if (opened) return;
    opened = true;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
      ...(socket === null ? {} : { 'transfer-encoding': 'chunked' }),
    });
    response.flushHeaders();
    lastWriteAt = performance.now();
  }

  function write(text: string): void {
    open();
    lastWriteAt = performance.now();
    if (response.destroyed) return;
    if (socket === null) {
      full = !response.write(text);
      return;
    }
    const bytes = Buffer.byteLength(text);
    const chunk = `${bytes.toString(16)}\r\n${text}\r\n`;
    // Latin-1 is written without a second pass over the text, and has the same bytes if every character is one byte.
    full = !socket.write(chunk, bytes === text.length ? 'latin1' : 'utf8');
  }

  return {
    open,
    get opened() {
      return opened;
    },
    write,
    ping() {
      if (!full) write(pingFrame);
    },
    end() {
      response.end();
    },
    destroy() {
      response.destroy();
    },
    room() {
      if (!full || response.destroyed) return null;
      // Several choices may wait at once.
      room ??= waitForRoom(socket ?? response, response).then(() => {
        full = false;
        room = null;
      });
      return room;
    },
    get lastWriteAt() {
      return lastWriteAt;
    },
  };
}

async function waitForRoom(writer: NodeJS.EventEmitter, response: ServerResponse): Promise<void> {
  const waiting = new AbortController();
  try {
    await Promise.race([
      once(writer, 'drain', { signal: waiting.signal }),
      once(response, 'close', { signal: waiting.signal }),
    ]);
  } catch {
    // A socket that fails counts as closed: the response's `close` event notifies the writer.
  } finally {
    waiting.abort();
  }
}
