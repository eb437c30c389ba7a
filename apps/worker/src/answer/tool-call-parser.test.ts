import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createToolCallParser, type ToolEvent } from './tool-call-parser.ts';

interface Result {
  content: string;
  calls: { name: string; arguments: string }[];
  complete: number;
}

function parse(pieces: readonly string[], maxCalls = 16): Result {
  const parser = createToolCallParser({ names: new Set(['weather', 'time']), maxCalls });
  const events: ToolEvent[] = [];
  for (const piece of pieces) parser.push(piece, events);
  parser.end(events);
  const result: Result = { content: '', calls: [], complete: parser.completeCalls };
  for (const event of events) {
    if (event.kind === 'content') result.content += event.text;
    else if (event.kind === 'call') result.calls[event.index] = { name: event.name, arguments: '' };
    else result.calls[event.index]!.arguments += event.text;
  }
  return result;
}

const call = (name: string, args: string): string =>
  `<tool_call>\n{"name": "${name}", "arguments": ${args}}\n</tool_call>`;

test('two calls in a row are parallel calls, and the text before them is content', () => {
  const text = `Let me look.\n${call('weather', '{"city": "東京"}')}\n${call('time', '{"zone": {"a": ["}"]}}')}`;
  assert.deepEqual(parse([text]), {
    content: 'Let me look.',
    calls: [
      { name: 'weather', arguments: '{"city": "東京"}' },
      { name: 'time', arguments: '{"zone": {"a": ["}"]}}' },
    ],
    complete: 2,
  });
});

test('how the text is cut into pieces changes nothing', () => {
  const fragment = fc.constantFrom(
    'text ',
    '\n',
    '<tool',
    '_call>',
    call('weather', '{"city": "Oslo \\"}<"}'),
    call('nothing', '{}'),
    '<tool_call>{"arguments": {"a": 1}, "name": "time"}</tool_call>',
    '<tool_call>{"name": "time"}</tool_call>',
    '<tool_call>broken</tool_call>',
    '<tool_call>{"name": "time", "arguments": {"a": [1',
    '</tool_call>',
  );
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 6 }), fc.integer({ min: 1, max: 7 }), (fragments, size) => {
      const whole = fragments.join('');
      const pieces: string[] = [];
      for (let at = 0; at < whole.length; at += size) pieces.push(whole.slice(at, at + size));
      assert.deepEqual(parse(pieces), parse([whole]));
    }),
    { numRuns: 3_000 },
  );
});

test('a malformed call and a call of an unknown tool stay content', () => {
  for (const text of ['<tool_call>broken</tool_call> x', call('nothing', '{}'), '<tool_call>{"name": 1}</tool_call>']) {
    assert.deepEqual(parse([text]), { content: text, calls: [], complete: 0 });
  }
  assert.equal(parse(['if a <tool b']).content, 'if a <tool b');
});

test('a call cut short keeps what it has and is not complete; only its closing tag may be missing', () => {
  assert.deepEqual(parse(['<tool_call>\n{"name": "time", "arguments": {"a": [1']), {
    content: '',
    calls: [{ name: 'time', arguments: '{"a": [1' }],
    complete: 0,
  });
  assert.equal(parse(['<tool_call>\n{"name": "time", "arguments": {"a": 1}}']).complete, 1);
  assert.equal(parse(['<tool_call>\n{"name": "time"}']).complete, 1);
});

test('after the last allowed call nothing counts', () => {
  const result = parse([call('time', '{}') + call('weather', '{}') + ' more'], 1);
  assert.deepEqual(result, { content: '', calls: [{ name: 'time', arguments: '{}' }], complete: 1 });
});
