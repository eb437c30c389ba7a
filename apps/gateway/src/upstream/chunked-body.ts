/** Takes the chunk headers out of a chunked body. Extensions are skipped; trailers are refused, since our servers send none. */

const cr = 13;
const lf = 10;

/** Most hexadecimal digits of a chunk's size, leading zeros included: up to 2⁵² bytes. */
const maxSizeDigits = 13;

/** Most bytes of one chunk's extensions. */
const maxExtensionBytes = 256;

const semicolon = 59;

const states = {
  size: 0,
  sizeLf: 1,
  data: 2,
  dataCr: 3,
  dataLf: 4,
  lastCr: 5,
  lastLf: 6,
  done: 7,
  extension: 8,
} as const;

function hexValue(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

export interface ChunkedBody {
  /**
   * Reads bytes from `at` on and adds the [start, end) of their data to `pieces`.
   * @returns the offset after the body's end, the length of the bytes when the body continues, or -1 when it is malformed.
   */
  read(bytes: Buffer, at: number, pieces: number[]): number;
  isDone(): boolean;
}

export function createChunkedBody(): ChunkedBody {
  let state: number = states.size;
  let size = 0;
  let digits = 0;
  let extensionBytes = 0;

  /** Reads one byte of the framing. @returns whether it is valid there. */
  function step(byte: number): boolean {
    if (state === states.size) {
      const value = hexValue(byte);
      if (value !== -1) {
        size = size * 16 + value;
        return ++digits <= maxSizeDigits;
      }
      state = byte === semicolon ? states.extension : states.sizeLf;
      extensionBytes = 0;
      return digits > 0 && (byte === cr || byte === semicolon);
    }
    if (state === states.extension) {
      if (byte !== cr) return byte >= 32 && byte < 127 && ++extensionBytes <= maxExtensionBytes;
      state = states.sizeLf;
      return true;
    }
    if (state === states.sizeLf) state = size === 0 ? states.lastCr : states.data;
    else if (state === states.dataCr || state === states.lastCr) {
      state++;
      return byte === cr;
    } else if (state === states.dataLf) {
      state = states.size;
      digits = 0;
    } else state = states.done;
    return byte === lf;
  }

  function read(bytes: Buffer, from: number, pieces: number[]): number {
    let at = from;
    while (at < bytes.length && state !== states.done) {
      if (state === states.data) {
        const taken = Math.min(size, bytes.length - at);
        pieces.push(at, at + taken);
        at += taken;
        size -= taken;
        if (size === 0) state = states.dataCr;
      } else if (!step(bytes[at++] as number)) {
        return -1;
      }
    }
    return at;
  }

  return { read, isDone: () => state === states.done };
}
