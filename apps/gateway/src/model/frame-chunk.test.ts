import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createChunkedBody } from '../upstream/chunked-body.ts';
import { frameChunk, lastFrameChunk } from './frame-chunk.ts';

/** The data of a chunked body, and whether it has ended, as the gateway's own client reads them. */
function decode(bytes: Buffer): { data: Buffer; done: boolean } {
  const body = createChunkedBody();
  const pieces: number[] = [];
  assert.equal(body.read(bytes, 0, pieces), bytes.length);
  const parts = [];
  for (let at = 0; at < pieces.length; at += 2) parts.push(bytes.subarray(pieces[at], pieces[at + 1]));
  return { data: Buffer.concat(parts), done: body.isDone() };
}

const frames = fc
  .array(fc.uint8Array({ maxLength: 600 }), { minLength: 1, maxLength: 4 })
  .filter((list) => list.some(({ length }) => length > 0));

test('chunks decode to the frames that went in, in their order', () => {
  fc.assert(
    fc.property(fc.array(frames, { minLength: 1, maxLength: 5 }), (chunks) => {
      const { data, done } = decode(Buffer.concat(chunks.map(frameChunk)));
      assert.deepEqual(data, Buffer.concat(chunks.flat()));
      assert.equal(done, false);
    }),
  );
});

test('sizes of every number of digits are written as HTTP has them', () => {
  for (const length of [1, 9, 10, 15, 16, 255, 256, 4_095, 4_096, 65_535, 65_536, 1_048_576]) {
    const frame = Buffer.alloc(length, 'x');
    assert.equal(frameChunk([frame]).toString('latin1'), `${length.toString(16)}\r\n${'x'.repeat(length)}\r\n`);
  }
});

test('the last chunk ends the reply', () => {
  assert.equal(lastFrameChunk(Buffer.from('data: [DONE]\n\n')).toString(), 'e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n');
  assert.equal(decode(lastFrameChunk(Buffer.from('x'))).done, true);
});
