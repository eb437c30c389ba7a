import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createFramePack } from './frame-pack.ts';

const chunk = (text: string, token: number) =>
  `: tokens 0 ${token}\ndata: ${JSON.stringify({ id: 'chatcmpl-0123456789abcdef', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: text } }] })}\n\n`;

test('frames come back as they went in, whatever they are', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc.tuple(fc.string(), fc.nat()).map(([text, token]) => new Uint8Array(Buffer.from(chunk(text, token)))),
    fc.constantFrom(':', '\n', ':\n', ': a\n\n', 'data: a\n\n').map((text) => new Uint8Array(Buffer.from(text))),
  );
  fc.assert(
    fc.property(fc.array(fc.array(bytes)), (batches) => {
      const pack = createFramePack();
      for (const frames of batches) {
        for (const frame of frames) pack.add(frame);
        assert.equal(pack.count(), frames.length);
        assert.deepEqual(
          pack.takeAll().map((frame) => Buffer.from(frame)),
          frames.map((frame) => Buffer.from(frame)),
        );
        assert.equal(pack.bytes(), 0);
      }
    }),
  );
});

test('a frame of a stream takes its text and a few bytes', () => {
  const pack = createFramePack();
  for (let at = 0; at <= 1_000; at++) pack.add(Buffer.from(chunk(` word${at}`, at * 97)));
  assert.ok(pack.bytes() / 1_000 < 25, `${pack.bytes()} bytes for 1,000 frames`);
});

test('what was added is a copy', () => {
  const pack = createFramePack();
  const reused = Buffer.alloc(100);
  const sent = ['data: a\n\n', 'data: b\n\n', ': tokens 0 7\ndata: c\n\n'];
  for (const frame of sent) pack.add(reused.subarray(0, reused.write(frame)));
  assert.deepEqual(
    pack.takeAll().map((frame) => Buffer.from(frame).toString()),
    sent,
  );
});
