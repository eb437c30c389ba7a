/**
 * Frames of one stream differ in a few bytes only: a token id and its text. The first frame is kept whole, and of each later
 * one only the difference. That takes a tenth of the memory, and no buffer in which a frame arrived is kept alive.
 */

const colon = 0x3a;
const lineFeed = 0x0a;

/** Most bytes that the six numbers of one packed frame take, five each. */
const headBytes = 30;

/** Bytes that a pack allocates beyond its first frame. */
const firstRoomBytes = 256;

const noBytes = new Uint8Array(0);

export interface FramePack {
  /** Copies the part of the frame that it keeps. */
  add(frame: Uint8Array): void;
  /** Number of frames. */
  count(): number;
  /** Bytes that they occupy. */
  bytes(): number;
  /** Returns the frames unchanged and in order, and forgets them. */
  takeAll(): Uint8Array[];
}

export function createFramePack(): FramePack {
  /** The first frame, then for each later one its differences in the comment line and in the rest. */
  let packed: Uint8Array = noBytes;
  let used = 0;
  let count = 0;
  let firstLength = 0;
  let firstSplit = 0;

  function reserve(more: number): void {
    if (used + more <= packed.length) return;
    const grown = new Uint8Array(Math.max(used + more, 2 * packed.length));
    grown.set(packed.subarray(0, used));
    packed = grown;
  }

  function putNumber(value: number): void {
    let rest = value;
    for (; rest > 127; rest >>>= 7) packed[used++] = (rest & 127) | 128;
    packed[used++] = rest;
  }

  /** Stores the part [start, end) of a frame as its difference from [likeStart, likeEnd) of the first one. */
  function putPart(frame: Uint8Array, start: number, end: number, likeStart: number, likeEnd: number): void {
    const most = Math.min(end - start, likeEnd - likeStart);
    let prefix = 0;
    while (prefix < most && frame[start + prefix] === packed[likeStart + prefix]) prefix++;
    let suffix = 0;
    while (suffix < most - prefix && frame[end - 1 - suffix] === packed[likeEnd - 1 - suffix]) suffix++;
    putNumber(prefix);
    putNumber(suffix);
    putNumber(end - start - prefix - suffix);
    // Usually only a few bytes differ; a loop is faster than a view of them.
    for (let at = start + prefix; at < end - suffix; at++) packed[used++] = frame[at] as number;
  }

  return {
    add(frame) {
      reserve(frame.length + (count === 0 ? firstRoomBytes : headBytes));
      if (count++ === 0) {
        packed.set(frame);
        used = firstLength = frame.length;
        firstSplit = endOfComment(frame);
        return;
      }
      const split = endOfComment(frame);
      putPart(frame, 0, split, 0, firstSplit);
      putPart(frame, split, frame.length, firstSplit, firstLength);
    },
    count: () => count,
    bytes: () => used,
    takeAll() {
      const frames = count === 0 ? [] : unpack(packed, count, firstLength, firstSplit);
      packed = noBytes;
      used = 0;
      count = 0;
      return frames;
    },
  };
}

/** Where the comment line at a frame's front ends; 0 without one. */
function endOfComment(frame: Uint8Array): number {
  return frame[0] === colon ? frame.indexOf(lineFeed) + 1 : 0;
}

/** What {@link createFramePack} packed. */
function unpack(packed: Uint8Array, count: number, firstLength: number, firstSplit: number): Uint8Array[] {
  const frames = [packed.slice(0, firstLength)];
  let at = firstLength;

  function takeNumber(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = packed[at++] as number;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  }

  function takePart(likeStart: number, likeEnd: number): Uint8Array[] {
    const prefix = takeNumber();
    const suffix = takeNumber();
    const middle = takeNumber();
    at += middle;
    return [
      packed.subarray(likeStart, likeStart + prefix),
      packed.subarray(at - middle, at),
      packed.subarray(likeEnd - suffix, likeEnd),
    ];
  }

  while (frames.length < count) {
    frames.push(Buffer.concat([...takePart(0, firstSplit), ...takePart(firstSplit, firstLength)]));
  }
  return frames;
}
