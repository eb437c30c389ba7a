import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRecording } from './recording.ts';

const frame = (text: string, token: number, filling = '') =>
  Buffer.from(
    `: tokens 0 ${token}\ndata: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { content: text }, finish_reason: null }], filling })}\n\n`,
  );

test('an answer that was read in parts, by number or by size of its frames, is whole', () => {
  for (const [count, filling] of [
    [5_000, (_at: number) => ''],
    [200, (at: number) => String.fromCharCode(97 + (at % 26)).repeat(2_000)],
  ] as const) {
    const recording = createRecording('/v1/chat/completions');
    const words = Array.from({ length: count }, (_, at) => ` wörd${at}`);
    const room = Buffer.alloc(4_096);
    // Every frame is read into the same memory, as a reader of sockets does.
    for (const [at, word] of words.entries()) {
      const bytes = frame(word, at, filling(at));
      bytes.copy(room);
      recording.add(room.subarray(0, bytes.length));
    }
    const recorded = recording.read();
    const choice = recorded?.completion.choices[0];
    assert.equal(choice !== undefined && 'message' in choice ? choice.message.content : null, words.join(''));
    assert.deepEqual(recorded?.tokens?.get(0), [...words.keys()]);
  }
});

test('a beginning that says nothing is of no token, and text without ids is of unknown ones', () => {
  const bare = (text: string) =>
    Buffer.from(
      frame(text, 1)
        .toString()
        .replace(/^:.*\n/, ''),
    );
  const recording = createRecording('/v1/chat/completions');
  recording.add(bare(''));
  assert.equal(recording.read()?.tokens?.size, 0);
  recording.add(bare('word'));
  assert.equal(recording.read()?.tokens, null);
});

test('frames that are no JSON are given up when they are read, and more of them cost nothing', () => {
  const recording = createRecording('/v1/chat/completions');
  recording.add(Buffer.from('data: {\n\n'));
  assert.equal(recording.read(), null);
  recording.add(frame('late', 1));
  assert.ok(recording.overflowed());
  assert.equal(recording.read(), null);
});
