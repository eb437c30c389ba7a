import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addUsage, isUsageOnlyChunk, usageOf, withoutNullUsage, type Usage } from './usage.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (frame: Uint8Array) => new TextDecoder().decode(frame);
const frame = (value: unknown, indent?: number) =>
  bytes(
    JSON.stringify(value, null, indent)
      .split('\n')
      .map((line) => `data: ${line}\n`)
      .join('') + '\n',
  );
const usage: Usage = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 };

test('usages add up, their details too, whichever of the two has them', () => {
  const a = { ...usage, prompt_tokens_details: { cached_tokens: 2 } };
  const b = {
    ...usage,
    prompt_tokens_details: { cached_tokens: 1 },
    completion_tokens_details: { reasoning_tokens: 5 },
  };
  assert.deepEqual(addUsage(a, b), {
    prompt_tokens: 6,
    completion_tokens: 8,
    total_tokens: 14,
    prompt_tokens_details: { cached_tokens: 3 },
    completion_tokens_details: { reasoning_tokens: 5 },
  });
  assert.deepEqual(addUsage(usage, usage), { prompt_tokens: 6, completion_tokens: 8, total_tokens: 14 });
});

const counts = fc.record(
  { prompt_tokens: fc.nat(), completion_tokens: fc.nat(), total_tokens: fc.nat() },
  { noNullPrototype: true },
);
const member = fc.tuple(
  fc.constantFrom('id', 'choices', 'a', 'usage ', '"usage"', 'x_usage', 'details'),
  fc.oneof(fc.constantFrom('"usage":{"prompt_tokens":1}', '}', '{', '\\"', null, 5), fc.json().map((json) => JSON.parse(json) as unknown), counts.map((inner) => ({ usage: inner }))),
); // prettier-ignore

test('usage is found wherever it stands in the outermost object, and nowhere else', () => {
  fc.assert(
    fc.property(
      fc.array(member, { maxLength: 4 }),
      fc.array(member, { maxLength: 4 }),
      fc.option(fc.oneof(counts, fc.constant(null), fc.constant('none')), { nil: undefined }),
      fc.constantFrom(undefined, 1),
      (before, after, value, indent) => {
        const reply = Object.fromEntries([...before, ...(value === undefined ? [] : [['usage', value]]), ...after] as [
          string,
          unknown,
        ][]);
        const expected = typeof value === 'object' ? value : null;
        assert.deepEqual(usageOf(bytes(JSON.stringify(reply, null, indent))), expected);
        assert.deepEqual(usageOf(frame(reply, indent)), expected);
      },
    ),
    { numRuns: 5_000 },
  );
});

test('embeddings have no completion tokens, and a missing total is the sum', () => {
  assert.deepEqual(usageOf(bytes('{"data":[],"usage":{"prompt_tokens":5,"total_tokens":5}}')), {
    prompt_tokens: 5,
    completion_tokens: 0,
    total_tokens: 5,
  });
  assert.equal(usageOf(bytes('{"usage":{"prompt_tokens":1,"completion_tokens":2}}'))?.total_tokens, 3);
  assert.equal(usageOf(bytes('{"usage":{"prompt_tokens":-1}}')), null);
  assert.equal(usageOf(bytes('{"usage":{"prompt_tokens":1')), null);
});

test('only a chunk without choices that has usage is the usage chunk', () => {
  assert.equal(isUsageOnlyChunk(frame({ id: 'x', choices: [], usage })), true);
  assert.equal(isUsageOnlyChunk(frame({ usage, choices: [] }, 1)), true);
  assert.equal(isUsageOnlyChunk(frame({ choices: [{ index: 0, delta: {} }], usage })), false);
  assert.equal(isUsageOnlyChunk(frame({ choices: [], usage: null })), false);
  assert.equal(isUsageOnlyChunk(frame({ choices: [], prompt_filter_results: [] })), false);
  assert.equal(isUsageOnlyChunk(bytes('data: [DONE]\n\n')), false);
});

test('a null usage is cut out of a frame and everything else is kept', () => {
  const rest = { id: 'a', choices: [{ delta: { content: ',"usage":null}' } }] };
  for (const chunk of [
    { ...rest, usage: null },
    { usage: null, ...rest },
    { id: rest.id, usage: null, choices: rest.choices },
  ]) {
    for (const line of [JSON.stringify(chunk), JSON.stringify(chunk, null, 1).replaceAll('\n', ' ')]) {
      assert.deepEqual(JSON.parse(text(withoutNullUsage(bytes(`data: ${line}\n\n`))).slice(6)), rest);
    }
  }
  for (const kept of [frame(rest), frame({ ...rest, usage }), frame({ a: { usage: null } }), bytes(': ping\n\n')]) {
    assert.equal(withoutNullUsage(kept), kept);
  }
});

test('hostile bytes never make the extractors throw', () => {
  const piece = fc.constantFrom(
    '"usage"',
    ':',
    '{',
    '}',
    'null',
    ',',
    '"',
    '\\',
    '[',
    ']',
    '"choices"',
    ' ',
    '1',
    'data: ',
    '\n',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      const hostile = bytes(pieces.join(''));
      usageOf(hostile);
      isUsageOnlyChunk(hostile);
      withoutNullUsage(hostile);
    }),
    { numRuns: 20_000 },
  );
});
