import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dataOf, isBlank, isComment, isDone, parseTokenIds, stripTokenComment } from './sse-frame.ts';
import { createFrameSplitter } from './sse-frames.ts';
import { createSseParser } from './sse-parser.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (frame: Uint8Array) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(frame);

/** A slow reference: where frames end, found line by line over the whole stream. */
function frameEnds(stream: Uint8Array): number[] {
  const ends: number[] = [];
  let lineLength = 0;
  for (let at = 0; at < stream.length; at++) {
    const byte = stream[at];
    if (byte !== 10 && byte !== 13) {
      lineLength++;
      continue;
    }
    if (byte === 13 && stream[at + 1] === 10) at++;
    if (lineLength === 0) ends.push(at + 1);
    lineLength = 0;
  }
  return ends;
}

/** The expected result of `push` for each chunk. */
function expectedFrames(stream: Uint8Array, cuts: readonly number[]): string[][] {
  const perChunk: string[][] = cuts.map(() => []);
  let start = 0;
  for (const end of frameEnds(stream)) {
    const endsCrLf = stream[end - 1] === 10 && stream[end - 2] === 13;
    const cutBeforeLf = endsCrLf && cuts.includes(end - 1);
    const shownEnd = cutBeforeLf ? end - 1 : end;
    const chunk = cuts.findIndex((cut) => cut >= shownEnd);
    let frame = text(stream.subarray(start, shownEnd));
    if (start === 0 && frame.startsWith('\uFEFF')) frame = frame.slice(1);
    perChunk[chunk]?.push(frame);
    start = end;
  }
  return perChunk;
}

const pieceOfStream = fc.constantFrom(
  '\n',
  '\r',
  '\r\n',
  '\n\n',
  '\r\n\r\n',
  '\r\r',
  'data: x',
  'data: {"a":"ü"}\n\n',
  ': ping',
  'id: 1',
  'event: e',
  'data',
  'data:',
  'retry: 5',
  '\uFEFF',
  ' ',
  ':',
  '\0',
);
const streamBytes = fc.oneof(
  { weight: 4, arbitrary: fc.array(pieceOfStream, { maxLength: 12 }).map((pieces) => bytes(pieces.join(''))) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 24 }) },
);
const stream = fc.tuple(streamBytes, fc.array(fc.nat(64), { maxLength: 6 }));

function cutUp(whole: Uint8Array, at: readonly number[]): { chunks: Uint8Array[]; cuts: number[] } {
  const cuts = [...new Set([...at.map((cut) => cut % (whole.length + 1)), whole.length])].sort((a, b) => a - b);
  let start = 0;
  const chunks = cuts.map((cut) => whole.slice(start, (start = cut)));
  return { chunks, cuts };
}

test('frames are those of the slow reference, in the chunk that ends them, however the stream is cut', () => {
  fc.assert(
    fc.property(stream, ([whole, at]) => {
      const { chunks, cuts } = cutUp(whole, at);
      const splitter = createFrameSplitter();
      const given = chunks.map((chunk) => {
        const frames = splitter.push(chunk);
        assert.ok(frames !== 'frame_too_large');
        return frames.map(text);
      });
      assert.deepEqual(given, expectedFrames(whole, cuts));
      const lastEnd = frameEnds(whole).at(-1) ?? 0;
      assert.equal(splitter.pendingBytes(), whole.length - lastEnd);
    }),
    { numRuns: 100_000 },
  );
});

test('what a frame holds is what the event-stream parser reads from it', () => {
  fc.assert(
    fc.property(streamBytes, (whole) => {
      const frames = createFrameSplitter().push(whole);
      assert.ok(frames !== 'frame_too_large');
      for (const frame of frames) {
        const parser = createSseParser();
        parser.push(bytes('\n'));
        const events = parser.push(frame);
        assert.ok(events !== 'event_too_large');
        assert.equal(dataOf(frame), events[0]?.data ?? null);
        assert.equal(isDone(frame), events[0]?.data === '[DONE]');
      }
    }),
    { numRuns: 20_000 },
  );
});

test('frames of one chunk are views of it', () => {
  const chunk = Buffer.from('data: 1\n\ndata: 2\n\n');
  const frames = createFrameSplitter().push(chunk);
  assert.ok(frames !== 'frame_too_large');
  assert.deepEqual(frames.map(text), ['data: 1\n\n', 'data: 2\n\n']);
  assert.ok(frames.every((frame) => frame.buffer === chunk.buffer));
});

test('a frame over the limit is an error value, whole or in pieces, and one at the limit is not', () => {
  const whole = bytes(`data: ${'x'.repeat(12)}\n\n`);
  assert.deepEqual(createFrameSplitter(20).push(whole), [whole]);
  assert.equal(createFrameSplitter(19).push(whole), 'frame_too_large');
  const pieces = createFrameSplitter(19);
  const results = Array.from(whole, (byte) => pieces.push(Uint8Array.of(byte)));
  assert.equal(results.indexOf('frame_too_large'), 19);
});

test('comments, blanks and the end marker are told apart from data', () => {
  assert.equal(isComment(bytes(': ping\n\n')), true);
  assert.equal(isComment(bytes(': a\r\n: b\r\n\r\n')), true);
  assert.equal(isComment(bytes(': a\ndata: b\n\n')), false);
  assert.equal(isComment(bytes('\n')), false);
  assert.equal(isBlank(bytes('\n')), true);
  assert.equal(isBlank(bytes('\r\n')), true);
  assert.equal(isBlank(bytes(':\n\n')), false);
  for (const done of [
    'data: [DONE]\n\n',
    'data:[DONE]\r\n\r\n',
    ': x\ndata: [DONE]\n\n',
    'event: e\ndata: [DONE]\n\n',
  ]) {
    assert.equal(isDone(bytes(done)), true, done);
  }
  for (const not of ['data: {"a":"[DONE]"}\n\n', 'data: [DONE] \n\n', 'data: [DONE]\ndata: x\n\n', ': [DONE]\n\n']) {
    assert.equal(isDone(bytes(not)), false, not);
  }
});

test('a token comment is taken off, and its ids read later', () => {
  const taken = stripTokenComment(bytes(': tokens 3 12,0,900\ndata: {}\n\n'));
  assert.ok(taken);
  assert.equal(text(taken.rest), 'data: {}\n\n');
  assert.equal(taken.choice, 3);
  assert.deepEqual(parseTokenIds(taken.idBytes), [12, 0, 900]);
  const alone = stripTokenComment(bytes(': tokens 0 5\r\n\r\n'));
  assert.ok(alone);
  assert.equal(isBlank(alone.rest), true);
  const none = stripTokenComment(bytes(': tokens 0 \n\n'));
  assert.deepEqual(none && parseTokenIds(none.idBytes), []);
});

test('what only looks like a token comment stays in its frame', () => {
  const frames = [
    ': tokens\n\n',
    ': tokens 1\n\n',
    ': tokens x 1\n\n',
    ': tokens 1 a\n\n',
    ': tokens 99999999999 1\n\n',
  ];
  for (const frame of [...frames, ': tokens 1 2', 'data: : tokens 1 2\n\n', ': tokens -1 2\n\n', ':tokens 1 2\n\n']) {
    assert.equal(stripTokenComment(bytes(frame)), null, frame);
  }
  for (const ids of [',', '1,', ',1', '1,,2', '9999999999', '1 2', '-1']) {
    assert.equal(parseTokenIds(bytes(ids)), null, ids);
  }
});

test('hostile frames never make the readers throw', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom(': tokens ', ': tokens 0 ', 'data: [', ''),
      (rest, start) => {
        const frame = new Uint8Array([...bytes(start), ...rest]);
        dataOf(frame);
        isComment(frame);
        isDone(frame);
        isBlank(frame);
        const taken = stripTokenComment(frame);
        if (taken !== null) parseTokenIds(taken.idBytes);
      },
    ),
    { numRuns: 10_000 },
  );
});
