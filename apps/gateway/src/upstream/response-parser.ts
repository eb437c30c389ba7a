import { createChunkedBody, type ChunkedBody } from './chunked-body.ts';
import { parseResponseHead, type ResponseHead } from './response-head.ts';

/** Most bytes of a reply's head. */
const maxResponseHeadBytes = 65_536;

/** Most `100 Continue` heads before the real one. */
const maxContinues = 4;

const headEnd = Buffer.from('\r\n\r\n');
const noBytes = Buffer.alloc(0);
const version = Buffer.from('HTTP/1.');

export interface ResponseSink {
  onHead(head: ResponseHead): void;
  /** The chunk is the receiver's to keep. */
  onData(chunk: Buffer): void;
}

/** The state of a reply after a read. */
export type ReadOutcome =
  | 'more'
  /** The reply is whole and nothing follows it. */
  | 'done'
  | { readonly reason: string };

/** Parses one reply from the pieces in which it arrives. The given bytes may be overwritten afterwards. */
export class ResponseParser {
  readonly #method: string;
  readonly #sink: ResponseSink;
  /** The head so far, while it is not whole. */
  #partial: Buffer = noBytes;
  #held = 0;
  #continues = 0;
  #head: ResponseHead | null = null;
  /** Remaining bytes of a body with a content-length. */
  #left = 0;
  #chunked: ChunkedBody | null = null;
  readonly #pieces: number[] = [];
  /** Set by the owner, even during a call of the sink: nothing is delivered afterwards. */
  stopped = false;

  constructor(method: string, sink: ResponseSink) {
    this.#method = method;
    this.#sink = sink;
  }

  /** Once known: whether the connection may be kept afterwards, and for how long. */
  get head(): ResponseHead | null {
    return this.#head;
  }

  read(bytes: Buffer): ReadOutcome {
    return this.#head === null ? this.#readHead(bytes) : this.#readBody(bytes, 0);
  }

  /** The connection has ended. @returns whether the reply ends that way. */
  finish(): boolean {
    return this.#head?.framing === 'until_close';
  }

  #readHead(fresh: Buffer): ReadOutcome {
    const bytes = this.#held === 0 ? fresh : this.#hold(fresh);
    const from = Math.max(0, bytes.length - fresh.length - headEnd.length + 1);
    const end = bytes.indexOf(headEnd, from);
    if (end === -1 || end > maxResponseHeadBytes) {
      if (bytes.length > maxResponseHeadBytes)
        return { reason: `its head is larger than ${maxResponseHeadBytes} bytes` };
      if (!canBeginHead(bytes, from)) return { reason: 'it does not begin like an HTTP/1.1 reply' };
      if (this.#held === 0) this.#hold(fresh);
      return 'more';
    }
    this.#held = 0;
    this.#partial = noBytes;
    const head = parseResponseHead(bytes.toString('latin1', 0, end), this.#method);
    if (head.status === null) return { reason: head.reason };
    const bodyAt = end + headEnd.length;
    if (head.status < 200) return this.#skipContinue(head.status, bytes.subarray(bodyAt));
    this.#head = head;
    if (head.framing === 'chunked') this.#chunked = createChunkedBody();
    else if (head.framing !== 'until_close') this.#left = head.framing;
    this.#sink.onHead(head);
    if (this.stopped) return 'more';
    return this.#readBody(bytes, bodyAt);
  }

  /** Copies a part of the head. The buffer doubles, so that a head that comes byte by byte costs linear time. */
  #hold(fresh: Buffer): Buffer {
    const length = this.#held + fresh.length;
    if (length > this.#partial.length) {
      const grown = Buffer.allocUnsafe(Math.max(length, 2 * this.#partial.length));
      this.#partial.copy(grown, 0, 0, this.#held);
      this.#partial = grown;
    }
    fresh.copy(this.#partial, this.#held);
    this.#held = length;
    return this.#partial.subarray(0, length);
  }

  #skipContinue(status: number, rest: Buffer): ReadOutcome {
    if (status !== 100) return { reason: `its status ${status} was not asked for` };
    if (++this.#continues > maxContinues) return { reason: 'it says 100 Continue without end' };
    return rest.length === 0 ? 'more' : this.#readHead(rest);
  }

  #readBody(bytes: Buffer, at: number): ReadOutcome {
    if (this.#chunked !== null) return this.#readChunked(this.#chunked, bytes, at);
    if (this.#head?.framing === 'until_close') {
      if (at < bytes.length) this.#sink.onData(copyOf(bytes, at, bytes.length));
      return 'more';
    }
    const end = Math.min(bytes.length, at + this.#left);
    this.#left -= end - at;
    if (at < end) this.#sink.onData(copyOf(bytes, at, end));
    if (this.#left > 0) return 'more';
    return end === bytes.length ? 'done' : { reason: 'more bytes follow than its content-length says' };
  }

  #readChunked(chunked: ChunkedBody, bytes: Buffer, at: number): ReadOutcome {
    const pieces = this.#pieces;
    pieces.length = 0;
    const end = chunked.read(bytes, at, pieces);
    if (pieces.length > 0) this.#sink.onData(joined(bytes, pieces));
    if (end === -1) return { reason: 'its chunked body is malformed or has trailers' };
    if (!chunked.isDone()) return 'more';
    return end === bytes.length ? 'done' : { reason: 'bytes follow its last chunk' };
  }
}

/** Whether the bytes can become a head: they begin with the version, and no line feed lacks its carriage return. */
function canBeginHead(bytes: Buffer, from: number): boolean {
  const known = Math.min(bytes.length, version.length);
  if (bytes.compare(version, 0, known, 0, known) !== 0) return false;
  for (let at = bytes.indexOf(10, from); at !== -1; at = bytes.indexOf(10, at + 1)) {
    if (bytes[at - 1] !== 13) return false;
  }
  return true;
}

function copyOf(bytes: Buffer, start: number, end: number): Buffer {
  const copy = Buffer.allocUnsafe(end - start);
  bytes.copy(copy, 0, start, end);
  return copy;
}

/** Copies the pieces of one read into one buffer, to be delivered at once. */
function joined(bytes: Buffer, pieces: readonly number[]): Buffer {
  if (pieces.length === 2) return copyOf(bytes, pieces[0] as number, pieces[1] as number);
  let length = 0;
  for (let at = 0; at < pieces.length; at += 2) length += (pieces[at + 1] as number) - (pieces[at] as number);
  const joinedBytes = Buffer.allocUnsafe(length);
  let to = 0;
  for (let at = 0; at < pieces.length; at += 2) {
    to += bytes.copy(joinedBytes, to, pieces[at], pieces[at + 1]);
  }
  return joinedBytes;
}
