/**
 * Frames as one chunk of HTTP/1.1's chunked coding, in one buffer. `node:http` would write the size, the bytes and the
 * line end as buffers of their own, which costs a gathered write for every token.
 */

const cr = 13;
const lf = 10;
const hexDigits = Buffer.from('0123456789abcdef');

/** A line end after the size and one after the bytes. */
const lineEndBytes = 4;

const lastChunk = Buffer.from('0\r\n\r\n');

/** @param frames at least one byte in all: an empty chunk would end the reply. */
export function frameChunk(frames: readonly Uint8Array[]): Buffer {
  let length = 0;
  for (const frame of frames) length += frame.length;
  return write(frames, length, sizeDigits(length) + length + lineEndBytes);
}

/** The same with the end of the reply behind it. */
export function lastFrameChunk(frame: Uint8Array): Buffer {
  const end = sizeDigits(frame.length) + frame.length + lineEndBytes;
  const chunk = write([frame], frame.length, end + lastChunk.length);
  chunk.set(lastChunk, end);
  return chunk;
}

function sizeDigits(length: number): number {
  let digits = 1;
  for (let rest = length >>> 4; rest > 0; rest >>>= 4) digits++;
  return digits;
}

function write(frames: readonly Uint8Array[], length: number, bytes: number): Buffer {
  const chunk = Buffer.allocUnsafe(bytes);
  let at = sizeDigits(length);
  let rest = length;
  for (let digit = at - 1; digit >= 0; digit--) {
    chunk[digit] = hexDigits[rest & 15] as number;
    rest >>>= 4;
  }
  chunk[at++] = cr;
  chunk[at++] = lf;
  for (const frame of frames) {
    chunk.set(frame, at);
    at += frame.length;
  }
  chunk[at++] = cr;
  chunk[at] = lf;
  return chunk;
}
