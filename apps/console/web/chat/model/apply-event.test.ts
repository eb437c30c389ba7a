import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { answerText } from './answer-text.ts';
import { applyEvent, applyStored, type StreamEvent } from './apply-event.ts';
import { isOpen, listMember, noPace, type ShownTurn, textMember } from './turn.ts';

const id = 'resp_1';
const message = { id: 'msg_1', type: 'message', status: 'in_progress', role: 'assistant', content: [] };
const at = { item_id: 'msg_1', output_index: 0, content_index: 0 };

function responseOf(status: string, output: unknown[] = []): Record<string, unknown> {
  return {
    id,
    object: 'response',
    created_at: 1,
    status,
    error: null,
    incomplete_details: null,
    model: 'm',
    output,
    usage: null,
    metadata: {},
  };
}

function turnBefore(): ShownTurn {
  return {
    response_id: id,
    previous_response_id: null,
    created_at: 1,
    input: [],
    response: responseOf('queued') as ShownTurn['response'],
    timing: { queued_ms: null, first_token_ms: null, total_ms: null },
    last_sequence: -1,
    pace: { ...noPace, askedAt: 0 },
    requestId: null,
  };
}

/** The events of an answer that is written in these pieces. */
function eventsOf(pieces: readonly string[], citesAt: number | null = null): StreamEvent[] {
  const text = pieces.join('');
  const part = { type: 'output_text', text: '', annotations: [], logprobs: [] };
  const annotation = { type: 'file_citation', file_id: 'file_1', filename: 'a.md', index: citesAt };
  const whole = { ...part, text, annotations: citesAt === null ? [] : [annotation] };
  const done = { ...message, status: 'completed', content: [whole] };
  const events: Record<string, unknown>[] = [
    { type: 'response.created', response: responseOf('queued') },
    { type: 'response.queued', response: responseOf('queued') },
    { type: 'response.in_progress', response: responseOf('in_progress') },
    { type: 'response.output_item.added', output_index: 0, item: message },
    { type: 'response.content_part.added', ...at, part },
    ...pieces.map((delta) => ({ type: 'response.output_text.delta', ...at, delta, logprobs: [] })),
    ...(citesAt === null
      ? []
      : [{ type: 'response.output_text.annotation.added', ...at, annotation_index: 0, annotation }]),
    { type: 'response.output_text.done', ...at, text, logprobs: [] },
    { type: 'response.content_part.done', ...at, part: whole },
    { type: 'response.output_item.done', output_index: 0, item: done },
    { type: 'response.completed', response: responseOf('completed', [done]) },
  ];
  return events.map((event, index) => ({ ...event, sequence_number: index }) as StreamEvent);
}

function applyAll(turn: ShownTurn, events: readonly StreamEvent[]): ShownTurn {
  let now = turn;
  for (const event of events) {
    const applied = applyEvent(now, event, 5);
    assert.equal(applied.kind, 'applied');
    if (applied.kind === 'applied') now = applied.turn;
  }
  return now;
}

test('however a stream is cut and read again, the text is the one that was written', () => {
  const pieces = fc.array(fc.string({ maxLength: 6, unit: 'grapheme' }), { maxLength: 20 });
  fc.assert(
    fc.property(pieces, fc.array(fc.tuple(fc.nat(40), fc.nat(8)), { maxLength: 6 }), (written, cuts) => {
      const events = eventsOf(written);
      let turn = turnBefore();
      // Each connection continues after the known events, or repeats some of them, and ends at a random place.
      for (const [length, repeated] of cuts) {
        const from = Math.max(0, turn.last_sequence + 1 - repeated);
        turn = applyAll(turn, events.slice(from, from + length));
        assert.ok(written.join('').startsWith(answerText(turn.response)));
      }
      turn = applyAll(turn, events.slice(turn.last_sequence + 1));
      assert.equal(answerText(turn.response), written.join(''));
      assert.equal(isOpen(turn), false);
    }),
  );
});

test('an event behind a missing one is not taken', () => {
  const events = eventsOf(['a', 'b']);
  const turn = applyAll(turnBefore(), events.slice(0, 5));
  const [, second] = events.filter(({ type }) => type === 'response.output_text.delta');
  assert.equal(applyEvent(turn, second!, 1).kind, 'gap');
});

test('what ends a stream that was cut is no event of the answer, and the next attempt begins where it stood', () => {
  const turn = applyAll(turnBefore(), eventsOf(['Hello']).slice(0, 3));
  const cut = { type: 'error', code: 'credential_revoked', message: 'The session was ended.' };
  assert.deepEqual(applyEvent(turn, cut as unknown as StreamEvent, 1), { kind: 'gap' });
});

test('an event that was applied changes nothing', () => {
  const events = eventsOf(['a']);
  const turn = applyAll(turnBefore(), events);
  const again = applyEvent(turn, events[5]!, 9);
  assert.equal(again.kind === 'applied' && again.turn, turn);
});

test('reasoning, refusals and the arguments of calls grow by their pieces', () => {
  const events: Record<string, unknown>[] = [
    {
      type: 'response.output_item.added',
      output_index: 0,
      item: { id: 'rs', type: 'reasoning', summary: [], content: [] },
    },
    {
      type: 'response.content_part.added',
      output_index: 0,
      content_index: 0,
      part: { type: 'reasoning_text', text: '' },
    },
    { type: 'response.reasoning_text.delta', output_index: 0, content_index: 0, delta: 'so' },
    {
      type: 'response.output_item.added',
      output_index: 1,
      item: { id: 'fc', type: 'function_call', name: 'f', arguments: '' },
    },
    { type: 'response.function_call_arguments.delta', output_index: 1, delta: '{"a"' },
    { type: 'response.function_call_arguments.delta', output_index: 1, delta: ':1}' },
    { type: 'response.output_item.added', output_index: 2, item: message },
    { type: 'response.content_part.added', output_index: 2, content_index: 0, part: { type: 'refusal', refusal: '' } },
    { type: 'response.refusal.delta', output_index: 2, content_index: 0, delta: 'No.' },
  ];
  const { output } = applyAll(
    turnBefore(),
    events.map((event, index) => ({ ...event, sequence_number: index }) as StreamEvent),
  ).response;
  assert.equal(textMember(listMember(output[0], 'content')[0], 'text'), 'so');
  assert.equal(textMember(output[1], 'arguments'), '{"a":1}');
  assert.equal(answerText({ output }), 'No.');
});

test('a citation comes beside the text', () => {
  const events = eventsOf(['see [1]'], 4);
  const turn = applyAll(turnBefore(), events.slice(0, -4));
  assert.equal(listMember(listMember(turn.response.output[0], 'content')[0], 'annotations').length, 1);
});

test('the time to the first token is what this tab saw, until the server says better', () => {
  const events = eventsOf(['a', 'b']);
  let turn = turnBefore();
  for (const [index, event] of events.entries()) {
    const applied = applyEvent(turn, event, index * 10);
    if (applied.kind === 'applied') turn = applied.turn;
  }
  assert.deepEqual(turn.timing, { queued_ms: null, first_token_ms: 50, total_ms: 100 });
  assert.equal(turn.pace.pieces, 2);
});

test('a response that ended while nobody heard replaces what was heard, but not an end that was', () => {
  const events = eventsOf(['a', 'b']);
  const partial = applyAll(turnBefore(), events.slice(0, 6));
  const ended = events.at(-1)!['response'] as ShownTurn['response'];
  assert.equal(answerText(applyStored(partial, ended, 1).response), 'ab');
  const whole = applyAll(turnBefore(), events);
  assert.equal(applyStored(whole, responseOf('failed') as ShownTurn['response'], 1), whole);
});
