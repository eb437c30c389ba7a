import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { skipString } from './skip-string.ts';

test('a string ends where JSON says, whatever is escaped in it and however long it is', () => {
  const part = fc.constantFrom('\\"', '\\\\', 'a', '漢', ' ', 'x'.repeat(23), 'y'.repeat(60), '\\n', '\\\\\\"');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 40 }), fc.nat(3), (parts, before) => {
      const string = Buffer.from(`"${parts.join('')}"`);
      const body = Buffer.concat([Buffer.alloc(before, 32), string, Buffer.from(',"a"')]);
      assert.equal(skipString(body, before), before + string.length);
      assert.equal(skipString(string.subarray(0, -1), 0), -1);
    }),
    { numRuns: 2_000 },
  );
});
