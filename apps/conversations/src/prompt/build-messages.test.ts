import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildMessages, lastUserText } from './build-messages.ts';
import { normalizeInput } from './normalize-input.ts';
import { withPassages } from './number-passages.ts';

test('calls that follow each other are one message, with their outputs behind them', () => {
  const items = normalizeInput([
    {
      role: 'user',
      content: [
        { type: 'input_text', text: 'two ' },
        { type: 'input_text', text: 'cities' },
      ],
    },
    { type: 'reasoning', summary: [] },
    { role: 'assistant', content: 'I look.' },
    { type: 'function_call', call_id: 'call_a', name: 'f', arguments: '{"city":"A"}' },
    { type: 'function_call', call_id: 'call_b', name: 'f', arguments: '{"city":"B"}' },
    { type: 'function_call_output', call_id: 'call_b', output: 'rain' },
    { type: 'function_call_output', call_id: 'call_a', output: [{ type: 'input_text', text: 'sun' }] },
    { type: 'function_call', call_id: 'call_c', name: 'f', arguments: '{"ci', status: 'incomplete' },
  ]);
  const call = (id: string, city: string) => ({
    id,
    type: 'function',
    function: { name: 'f', arguments: `{"city":"${city}"}` },
  });
  assert.deepEqual(buildMessages('Be brief.', items), [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'two cities' },
    { role: 'assistant', content: 'I look.', tool_calls: [call('call_a', 'A'), call('call_b', 'B')] },
    { role: 'tool', tool_call_id: 'call_b', content: 'rain' },
    { role: 'tool', tool_call_id: 'call_a', content: 'sun' },
  ]);
  assert.equal(lastUserText(items), 'two cities');
});

test('passages stand numbered before the last question, fewer and shorter with each step', () => {
  const messages = buildMessages(null, normalizeInput('Where?'));
  const texts = ['one\n  line', ...Array.from({ length: 30 }, () => 'x'.repeat(10_000))];
  const content = (step: number): string => withPassages(messages, texts, step)[0]?.content ?? '';
  assert.match(content(0), /^Use the context to answer\.\n\n\[1\] one line\n\[2\] x+\n[^]*\n\nQuestion: Where\?$/);
  for (let step = 0; step < 5; step++) assert.ok(content(step + 1).length < content(step).length);
  assert.deepEqual(withPassages(messages, [], 0), messages);
});
