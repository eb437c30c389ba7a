import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createAnswer, type Answer, type AnswerDelta, type AnswerOptions } from './answer.ts';
import { createTokenTexts } from './token-decoder.ts';

/** Every byte is a token. */
const texts = createTokenTexts((token) => Uint8Array.of(token));

function answer(options: Partial<AnswerOptions> = {}): Answer {
  return createAnswer({ texts, stops: [], tools: null, maxTokens: 10_000, logprobs: false, ...options });
}

function feed(to: Answer, text: string): (AnswerDelta | null)[] {
  const deltas: (AnswerDelta | null)[] = [];
  for (const token of new TextEncoder().encode(text)) {
    if (to.finishReason !== null) break;
    deltas.push(to.push({ token, logprob: -0.5, top: [] }));
  }
  return deltas;
}

const content = (deltas: readonly (AnswerDelta | null)[]): string =>
  deltas.map((delta) => delta?.content ?? '').join('');

test('a stop string ends the answer, its text and the log-probabilities of its tokens left out', () => {
  const it = answer({ stops: ['END'], logprobs: true });
  const deltas = feed(it, 'あ: ENDless');
  assert.equal(content(deltas), 'あ: ');
  assert.equal(it.finishReason, 'stop');
  assert.equal(it.tokens, 8);
  assert.equal(deltas.flatMap((delta) => delta?.logprobs ?? []).length, 5);
});

test('the last token that is allowed gives out what was held back', () => {
  const it = answer({ stops: ['END'], maxTokens: 5 });
  assert.equal(content(feed(it, 'a ENDless')), 'a ');
  assert.equal(it.finishReason, 'stop');
  const other = answer({ stops: ['END'], maxTokens: 4 });
  assert.equal(content(feed(other, 'a ENDless')), 'a EN');
  assert.equal(other.finishReason, 'length');
});

test('when the engine ends, held text comes out with the end', () => {
  const it = answer({ stops: ['END'] });
  assert.equal(content(feed(it, 'a EN')), 'a ');
  assert.equal(it.end('stop')?.content, 'EN');
  assert.equal(it.finishReason, 'stop');
});

test('the first part of a tool call has its name and no arguments, and no call is twice in one delta', () => {
  const tools = { names: new Set(['f']), maxCalls: 8 };
  const whole = createTokenTexts(() => new TextEncoder().encode('<tool_call>{"name": "f", "arguments": {"a": 1}}'));
  const it = createAnswer({ texts: whole, stops: [], tools, maxTokens: 9, logprobs: false });
  assert.deepEqual(it.push({ token: 1, logprob: null, top: [] })?.toolCalls, [{ index: 0, name: 'f', arguments: '' }]);
  assert.deepEqual(it.end('stop')?.toolCalls, [{ index: 0, name: null, arguments: '{"a": 1}' }]);
  assert.equal(it.finishReason, 'tool_calls');
});

test('with one call allowed the answer ends with it', () => {
  const it = answer({ tools: { names: new Set(['f']), maxCalls: 1 } });
  feed(it, '<tool_call>{"name": "f", "arguments": {}}</tool_call><tool_call>{"name": "f", "arguments": {}}');
  assert.equal(it.finishReason, 'tool_calls');
  assert.equal(it.tokens, '<tool_call>{"name": "f", "arguments": {}'.length);
});

test('replaying any beginning of the tokens leaves an answer that goes on as the undisturbed one does', () => {
  const fragment = fc.constantFrom(
    'text ',
    'ST',
    'OP',
    '木',
    '🎉',
    '<tool_call>{"name": "f", "arguments": {"a": 1}}',
    '\n',
  );
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 8 }), fc.nat(), fc.boolean(), (fragments, cut, logprobs) => {
      const text = fragments.join('');
      const bytes = new TextEncoder().encode(text);
      const options = { stops: ['STOP'], tools: { names: new Set(['f']), maxCalls: 8 }, logprobs };
      const undisturbed = answer(options);
      const expected = feed(undisturbed, text);
      const at = Math.min(cut % (bytes.length + 1), expected.length);
      const resumed = answer(options);
      const push = (token: number): AnswerDelta | null => resumed.push({ token, logprob: -0.5, top: [] });
      const before = [...bytes.subarray(0, at)].map(push);
      const after = [...bytes.subarray(at, expected.length)].map(push);
      assert.deepEqual([...before, ...after], expected);
      if (undisturbed.finishReason === null) assert.deepEqual(resumed.end('stop'), undisturbed.end('stop'));
      assert.equal(resumed.finishReason, undisturbed.finishReason);
    }),
    { numRuns: 1_000 },
  );
});
