import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dropOldest } from './drop-oldest.ts';
import { normalizeInput } from './normalize-input.ts';

const turn = fc.constantFrom(
  [{ role: 'user' as const, content: 'question' }],
  [
    { role: 'user' as const, content: 'call it' },
    { type: 'function_call' as const, call_id: 'call_1', name: 'f', arguments: '{}' },
    { type: 'function_call_output' as const, call_id: 'call_1', output: 'x'.repeat(200) },
    { role: 'assistant' as const, content: 'called' },
  ],
);

test('whole turns go from the front, the last one stays, and it ends after few steps', () => {
  fc.assert(
    fc.property(fc.array(turn, { minLength: 1, maxLength: 40 }), fc.double({ min: 0.1, max: 0.9 }), (turns, share) => {
      let items = normalizeInput(turns.flat());
      let steps = 0;
      for (let next = dropOldest(items, share); next !== null; next = dropOldest(items, share)) {
        assert.ok(next.length < items.length);
        assert.deepEqual(next, items.slice(-next.length));
        assert.equal(next[0]?.['role'], 'user');
        items = next;
        steps++;
      }
      assert.equal(items.filter((item) => item['role'] === 'user').length, 1);
      assert.ok(steps <= turns.length);
    }),
  );
});

test('what may stay is kept', () => {
  const items = normalizeInput(
    Array.from({ length: 10 }, (_, index) => ({ role: 'user' as const, content: `${index}` })),
  );
  assert.equal(dropOldest(items, 0.5)?.length, 5);
});
