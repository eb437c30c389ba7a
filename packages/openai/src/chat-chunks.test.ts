import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createChatAccumulator, mergeChunks } from './chat-accumulate.ts';
import { splitCompletion } from './chat-split.ts';
import type { ChatChoice, ChatChunk, ChatCompletion, ToolCallDelta } from './chat-types.ts';
import { callIndexOf, contentOf } from './read-delta.ts';
import { createChatRewriter, createTextRewriter } from './rewrite-chunk.ts';
import { mergeTextChunks, splitTextCompletion, type TextChoicePart, type TextCompletion } from './text-completion.ts';

const usage = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 };
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
const call = fc.record(
  {
    id: fc.stringMatching(/^call_[a-z0-9]{8}$/),
    type: fc.constant('function' as const),
    function: fc.record({ name: fc.stringMatching(/^[a-z_]{1,12}$/), arguments: fc.json() }, { noNullPrototype: true }),
  },
  { noNullPrototype: true },
);
const choice = fc
  .record({
    content: fc.option(text),
    calls: fc.option(fc.array(call, { minLength: 1, maxLength: 3 }), { nil: undefined }),
    finish: fc.constantFrom('stop' as const, 'length' as const, 'tool_calls' as const),
  })
  .map(({ content, calls, finish }) => ({
    message: { role: 'assistant', content, refusal: null, ...(calls === undefined ? {} : { tool_calls: calls }) },
    finish_reason: finish,
    logprobs: null,
  }));
const completion = fc.array(choice, { minLength: 1, maxLength: 3 }).map((choices): ChatCompletion => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 5,
  model: 'm',
  choices: choices.map((one, index): ChatChoice => ({ index, ...one })),
  usage,
}));

/** The same stream with every text cut into pieces of at most `size` units. */
function cutDeltas(chunks: readonly ChatChunk[], size: number): ChatChunk[] {
  return chunks.flatMap((chunk) => {
    const part = chunk.choices[0];
    const content = part === undefined ? null : contentOf(part.delta);
    const args = part?.delta.tool_calls?.[0]?.function?.arguments;
    const pieces = (value: string) => value.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];
    if (part !== undefined && content) {
      return pieces(content).map((piece) => ({
        ...chunk,
        choices: [{ ...part, delta: { ...part.delta, content: piece } }],
      }));
    }
    if (part !== undefined && args && part.delta.tool_calls?.[0]?.id === undefined) {
      const index = callIndexOf(part.delta.tool_calls[0]!, 0);
      return pieces(args).map((piece) => ({
        ...chunk,
        choices: [{ ...part, delta: { tool_calls: [{ index, function: { arguments: piece } }] } }],
      }));
    }
    return [chunk];
  });
}

test('splitting an answer and putting it together gives the answer, however its deltas are cut', () => {
  fc.assert(
    fc.property(completion, fc.integer({ min: 1, max: 9 }), (whole, size) => {
      const chunks = splitCompletion(whole, { includeUsage: true });
      assert.deepEqual(mergeChunks(chunks), whole);
      assert.deepEqual(mergeChunks(cutDeltas(chunks, size)), whole);
    }),
  );
});

test('a text completion survives the same', () => {
  const choices = fc.array(text, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(choices, (texts) => {
      const whole: TextCompletion = {
        id: 'cmpl-1',
        object: 'text_completion',
        created: 5,
        model: 'm',
        choices: texts.map((value, index) => ({ index, text: value, finish_reason: 'stop', logprobs: null })),
        usage,
      };
      assert.deepEqual(mergeTextChunks(splitTextCompletion(whole, { includeUsage: true })), whole);
    }),
  );
});

test('an answer that is asked again after any cut is shown once, under its first id', () => {
  fc.assert(
    fc.property(
      completion,
      fc.nat(),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 5 }),
      (whole, cut, first, second) => {
        const before = cutDeltas(splitCompletion(whole), first);
        const shown = before.slice(0, 1 + (cut % before.length));
        const known = mergeChunks(shown);
        assert.ok(known);
        const rewriter = createChatRewriter(known, { mode: 'replay', completionTokensBefore: null });
        const again = cutDeltas(splitCompletion({ ...whole, id: 'other' }, { includeUsage: true }), second);
        const rest = again.map((chunk) => rewriter.rewrite(chunk));
        assert.ok(rest.every((result) => result.outcome !== 'diverged'));
        const seen = [...shown, ...rest.flatMap((result) => (result.outcome === 'show' ? [result.chunk] : []))];
        assert.ok(seen.every((chunk) => chunk.id === 'chatcmpl-1'));
        assert.deepEqual(mergeChunks(seen), whole);
      },
    ),
  );
});

test('another text than the client has is noticed', () => {
  const known = mergeChunks([chunkOf('one two')]);
  assert.ok(known);
  const rewriter = createChatRewriter(known, { mode: 'replay', completionTokensBefore: null });
  assert.equal(rewriter.rewrite(chunkOf('one ')).outcome, 'skip');
  assert.equal(rewriter.rewrite(chunkOf('three')).outcome, 'diverged');
});

test('a server that, asked again, ends before what the client has gives another answer', () => {
  const shown = chunkOf('one two');
  const ending = { ...chunkOf('one '), choices: [{ index: 0, delta: {}, finish_reason: 'stop' as const }] };
  const chat = createChatRewriter(mergeChunks([shown])!, { mode: 'replay', completionTokensBefore: null });
  assert.equal(chat.rewrite(chunkOf('one ')).outcome, 'skip');
  assert.equal(chat.rewrite(ending).outcome, 'diverged');
  const text = (value: string, finish: 'stop' | null): TextCompletion => ({
    id: 'cmpl-1',
    object: 'text_completion',
    created: 5,
    model: 'm',
    choices: [{ index: 0, text: value, finish_reason: finish, logprobs: null }],
  });
  const plain = createTextRewriter(text('one two', null), { mode: 'replay', completionTokensBefore: null });
  assert.equal(plain.rewrite(text('one', 'stop')).outcome, 'diverged');
});

test('the log-probabilities of a long answer are gathered in linear time', () => {
  const accumulator = createChatAccumulator();
  const content = [{ token: 'a', logprob: -1, bytes: [97], top_logprobs: [] }];
  const chunk = { ...chunkOf('a'), choices: [{ index: 0, delta: { content: 'a' }, logprobs: { content } }] };
  const began = performance.now();
  for (let count = 0; count < 200_000; count++) accumulator.add(chunk);
  assert.ok(performance.now() - began < 5_000);
  assert.equal(accumulator.completion()?.choices[0]?.logprobs?.content?.length, 200_000);
  assert.equal(content.length, 1);
});

test('a prefilled server tells only what follows, and its usage is brought back to the whole answer', () => {
  const known = mergeChunks([chunkOf('one ')]);
  assert.ok(known);
  const rewriter = createChatRewriter(known, { mode: 'prefill', completionTokensBefore: 2 });
  const shown = rewriter.rewrite({
    ...chunkOf('two'),
    id: 'other',
    usage: { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 },
  });
  assert.ok(shown.outcome === 'show');
  assert.equal(shown.chunk.id, 'chatcmpl-1');
  assert.equal(shown.chunk.choices[0]?.delta.role, undefined);
  assert.deepEqual(shown.chunk.usage, { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 });
});

function chunkOf(content: string): ChatChunk {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 5,
    model: 'm',
    choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }],
  };
}

test('calls without an index are put together, and are not called again in a replay', () => {
  const whole = (name: string, args: string): ToolCallDelta => ({
    id: '',
    type: 'function',
    function: { name, arguments: args },
  });
  const part = (delta: ChatChunk['choices'][number]['delta']): ChatChunk => ({
    ...chunkOf(''),
    choices: [{ index: 0, delta }],
  });
  const chunks = [
    part({ tool_calls: [whole('a', '{}'), whole('b', '{"x":')] }),
    part({ tool_calls: [{ function: { arguments: '1}' } }] }),
    part({ tool_calls: [whole('c', '{}')] }),
  ];
  const shown = mergeChunks(chunks)!;
  const calls = shown.choices[0]!.message.tool_calls!.map(({ function: call }) => call);
  assert.deepEqual(calls, [
    { name: 'a', arguments: '{}' },
    { name: 'b', arguments: '{"x":1}' },
    { name: 'c', arguments: '{}' },
  ]);
  const rewriter = createChatRewriter(shown, { mode: 'replay', completionTokensBefore: null });
  for (const chunk of chunks) assert.equal(rewriter.rewrite(chunk).outcome, 'skip');
  const another = createChatRewriter(shown, { mode: 'replay', completionTokensBefore: null });
  assert.equal(another.rewrite(part({ tool_calls: [whole('d', '{}')] })).outcome, 'diverged');
});

test('a content that is a list of parts is its text, and its thoughts are reasoning', () => {
  const thinking = [{ type: 'text', text: 'It asks.' }];
  const content = [
    { type: 'thinking', thinking },
    { type: 'text', text: 'A Pod' },
    { type: 'reference', text: {} },
  ];
  const { message } = mergeChunks([{ ...chunkOf(''), choices: [{ index: 0, delta: { content } }] }, chunkOf(' runs.')])!
    .choices[0]!;
  assert.deepEqual(
    { text: message.content, thoughts: message.reasoning_content },
    { text: 'A Pod runs.', thoughts: 'It asks.' },
  );
});

test('parts of a text completion may lack members and have log-probabilities of another form', () => {
  const head = { id: 'cmpl-1', object: 'text_completion', created: 5, model: 'm' } as const;
  const parts: TextChoicePart[] = [
    { index: 0, text: 'A', logprobs: { content: [{ token: 'A', logprob: -1 }] } },
    { index: 0, logprobs: { tokens: ['x'], token_logprobs: [-1] } },
    { index: 0, text: null, finish_reason: 'stop' },
  ];
  const choice = mergeTextChunks(parts.map((part) => ({ ...head, choices: [part] })))!.choices[0]!;
  assert.deepEqual({ text: choice.text, finish: choice.finish_reason }, { text: 'A', finish: 'stop' });
});
