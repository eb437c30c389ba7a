import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChatChunk } from '@kumiki/openai';
import fc from 'fast-check';
import { AnswerMachine } from './answer-machine.ts';
import type { ResponseEvent } from './response-event.ts';
import { openResponse } from './response-object.ts';

const request = { model: 'demo', input: 'hello', background: true } as const;
const response = openResponse(`resp_${'ab'.repeat(24)}`, request, 1_760_000_000);
const passages = [
  { fileId: 'file-1', filename: 'one.md' },
  { fileId: 'file-2', filename: 'two.md' },
];

type Delta = ChatChunk['choices'][number]['delta'];

function chunk(delta: Delta, finish: 'stop' | 'length' | 'tool_calls' | null = null): ChatChunk {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  return { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'demo', choices };
}

function started(): AnswerMachine {
  const machine = new AnswerMachine({ response, includeLogprobs: false, includeResults: true });
  machine.open();
  machine.start();
  return machine;
}

function run(chunks: readonly ChatChunk[]): readonly ResponseEvent[] {
  const machine = started();
  for (const one of chunks) machine.feed(one);
  machine.complete(1_760_000_001);
  return machine.take();
}

const piece = fc.oneof(
  fc.string({ maxLength: 12 }).map((content): Delta => ({ content })),
  fc.constantFrom('[1]', '[', '2', ']', ' see [2].', '[9]').map((content): Delta => ({ content })),
  fc.string({ maxLength: 6 }).map((text): Delta => ({ reasoning_content: text })),
  fc.tuple(fc.nat(2), fc.string({ maxLength: 6 }), fc.boolean()).map(([index, args, begins]): Delta => ({
    tool_calls: [
      begins
        ? { index, id: `call_${index}`, type: 'function', function: { name: 'f', arguments: args } }
        : { index, function: { arguments: args } },
    ],
  })),
);
const answers = fc
  .tuple(fc.array(piece, { maxLength: 30 }), fc.constantFrom('stop' as const, 'length' as const))
  .map(([deltas, finish]) => [...deltas.map((delta) => chunk(delta)), chunk({}, finish)]);

test('wherever a run is cut, its replay gives the same events again and then the rest', () => {
  fc.assert(
    fc.property(answers, fc.nat(40), (chunks, at) => {
      const undisturbed = run(chunks);
      const cut = Math.min(at, chunks.length);
      const first = started();
      for (const one of chunks.slice(0, cut)) first.feed(one);
      const stored = first.take();
      const second = started();
      for (const one of chunks.slice(0, cut)) second.feed(one);
      assert.deepEqual(second.take(), stored);
      for (const one of chunks.slice(cut)) second.feed(one);
      second.complete(1_760_000_001);
      assert.deepEqual([...stored, ...second.take()], undisturbed);
    }),
  );
});

test('events count from 0, open what they close, and their deltas add up to the response', () => {
  fc.assert(
    fc.property(answers, (chunks) => {
      const machine = started();
      machine.searchBegins();
      machine.searchEnds(['q'], [{ file_id: 'file-1' }], passages);
      for (const one of chunks) machine.feed(one);
      machine.complete(1_760_000_001);
      const events = machine.take();
      assert.deepEqual(
        events.map(({ sequence_number: number }) => number),
        events.map((_, index) => index),
      );
      const done = events.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item);
      assert.deepEqual(machine.response().output, done);
      const added = events.filter(({ type }) => type === 'response.output_item.added');
      assert.deepEqual(
        added.map(({ output_index: index }) => index),
        done.map((_, index) => index),
      );
      const ids = done.map((item) => (item as { id: string }).id);
      assert.equal(new Set(ids).size, ids.length);
      const text = (type: string): string =>
        events.map((event) => (event.type === type ? event['delta'] : '')).join('');
      const shown = machine
        .response()
        .output.flatMap((item) => (item['content'] ?? []) as { type: string; text: string }[]);
      const textOf = (type: string): string => shown.map((part) => (part.type === type ? part.text : '')).join('');
      assert.equal(textOf('output_text'), text('response.output_text.delta'));
      assert.equal(textOf('reasoning_text'), text('response.reasoning_text.delta'));
    }),
  );
});

test('numbers in the text become citations of their passages, each once, however the text is cut', () => {
  const text = 'A Pod is small [1]. Much [12] is not cited, [2][1] is.';
  fc.assert(
    fc.property(fc.array(fc.nat(text.length), { maxLength: 12 }), (cuts) => {
      const machine = started();
      machine.searchBegins();
      machine.searchEnds(['q'], [], passages);
      const places = [0, ...cuts.toSorted((a, b) => a - b), text.length];
      for (const [index, from] of places.entries())
        machine.feed(chunk({ content: text.slice(from, places[index + 1]) }));
      machine.feed(chunk({}, 'stop'));
      machine.complete(1_760_000_001);
      const annotations = machine
        .take()
        .filter(({ type }) => type === 'response.output_text.annotation.added')
        .map(({ annotation }) => annotation as { file_id: string; index: number });
      assert.deepEqual(
        annotations.map(({ file_id: id, index }) => [id, index]),
        [
          ['file-1', text.indexOf('[1]')],
          ['file-2', text.indexOf('[2]')],
          ['file-1', text.lastIndexOf('[1]')],
        ],
      );
    }),
  );
});

test('an answer that was cut by its limit is incomplete, and a failed one names its error twice', () => {
  const cut = run([chunk({ content: 'half' }), chunk({}, 'length')]);
  const end = cut.at(-1);
  assert.equal(end?.type, 'response.incomplete');
  const { incomplete_details: details, status } = end['response'] as typeof response;
  assert.deepEqual([status, details], ['incomplete', { reason: 'max_output_tokens' }]);

  const machine = started();
  machine.feed(chunk({ content: 'half' }));
  machine.fail('server_error', 'it broke');
  const [error, failed] = machine.take().slice(-2);
  assert.deepEqual([error?.type, error?.['code'], failed?.type], ['error', 'server_error', 'response.failed']);
  assert.equal(machine.response().output.length, 1);
});
