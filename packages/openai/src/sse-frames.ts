/**
 * Cuts an event stream into frames for relaying: a frame is the lines up to and including a blank line. Nothing is
 * decoded. Lines end with LF, CR or CRLF, in any mixture, as in the WHATWG event-stream grammar.
 */

/** Most bytes of one frame. A server that sends more without a blank line violates the protocol. */
export const maxFrameBytes = 1_048_576;

const lf = 10;
const cr = 13;
const noBytes = new Uint8Array(0);

export type SplitFrames = readonly Uint8Array[] | 'frame_too_large';

export interface FrameSplitter {
  /**
   * The frames that this chunk completes, in order: views of the chunk, or a copy for a frame that began in an earlier
   * chunk. Concatenated they equal the stream, except for a byte order mark at its start and an LF that follows a chunk
   * whose final CR already ended a frame (a frame never waits for a byte that may not come). After 'frame_too_large'
   * the splitter must not be used.
   */
  push(chunk: Uint8Array): SplitFrames;
  /** Bytes of the unfinished frame. More than 0 at the stream's end means that it was truncated. */
  pendingBytes(): number;
}

export function createFrameSplitter(limitBytes: number = maxFrameBytes): FrameSplitter {
  return new Splitter(limitBytes);
}

class Splitter implements FrameSplitter {
  readonly #limitBytes: number;
  /** Its first {@link #held} bytes are the unfinished frame. */
  #partial: Uint8Array = noBytes;
  #held = 0;
  /** Nothing of the current line has been read, so a line end here is a blank line. */
  #atLineStart = true;
  /** The last byte was a CR, so an LF belongs to it. */
  #afterCr = false;
  #first = true;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  pendingBytes(): number {
    return this.#held;
  }

  push(chunk: Uint8Array): SplitFrames {
    const frames: Uint8Array[] = [];
    const lfOnly = !this.#afterCr && chunk.indexOf(cr) === -1;
    const rest = lfOnly ? this.#splitAtLf(chunk, frames) : this.#splitAtAny(chunk, frames);
    if (rest === -1 || (rest < chunk.length && !this.#hold(chunk.subarray(rest)))) return 'frame_too_large';
    return frames;
  }

  /** For a chunk without CR. @returns where the unfinished frame begins, -1 when a frame is too large. */
  #splitAtLf(chunk: Uint8Array, frames: Uint8Array[]): number {
    const length = chunk.length;
    let start = 0;
    let lineStart = this.#atLineStart ? 0 : -1;
    let at = chunk.indexOf(lf);
    while (at !== -1) {
      // The usual end of a frame, two LFs, is found with one search.
      if (at !== lineStart && at + 1 < length && chunk[at + 1] === lf) lineStart = ++at;
      if (at === lineStart) {
        if (!this.#emit(chunk, start, at + 1, frames)) return -1;
        start = at + 1;
      }
      lineStart = at + 1;
      at = lineStart < length ? chunk.indexOf(lf, lineStart) : -1;
    }
    if (length > 0) this.#atLineStart = lineStart === length;
    return start;
  }

  /** For any chunk. @returns as {@link #splitAtLf}. */
  #splitAtAny(chunk: Uint8Array, frames: Uint8Array[]): number {
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte === lf && this.#afterCr) {
        this.#afterCr = false;
        // The CR at the end of the previous chunk ended a frame; the LF must not begin the next one.
        if (at === 0 && this.#held === 0) start = 1;
        continue;
      }
      this.#afterCr = byte === cr;
      if (byte !== lf && byte !== cr) {
        this.#atLineStart = false;
      } else if (!this.#atLineStart) {
        this.#atLineStart = true;
      } else {
        if (byte === cr && chunk[at + 1] === lf) {
          at++;
          this.#afterCr = false;
        }
        if (!this.#emit(chunk, start, at + 1, frames)) return -1;
        start = at + 1;
      }
    }
    return start;
  }

  #emit(chunk: Uint8Array, start: number, end: number, frames: Uint8Array[]): boolean {
    let frame = start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end);
    if (this.#held > 0) {
      if (!this.#hold(frame)) return false;
      frame = this.#partial.slice(0, this.#held);
      this.#held = 0;
      this.#partial = noBytes;
    } else if (frame.length > this.#limitBytes) {
      return false;
    }
    if (this.#first) {
      this.#first = false;
      if (frame[0] === 0xef && frame[1] === 0xbb && frame[2] === 0xbf) frame = frame.subarray(3);
    }
    frames.push(frame);
    this.#atLineStart = true;
    return true;
  }

  /** Copies a part of the unfinished frame. The buffer doubles, so that a frame sent byte by byte takes linear time. */
  #hold(part: Uint8Array): boolean {
    const length = this.#held + part.length;
    if (length > this.#limitBytes) return false;
    if (length > this.#partial.length) {
      const grown = new Uint8Array(Math.max(length, 2 * this.#partial.length));
      grown.set(this.#partial.subarray(0, this.#held));
      this.#partial = grown;
    }
    this.#partial.set(part, this.#held);
    this.#held = length;
    return true;
  }
}
