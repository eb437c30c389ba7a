import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinMissing } from './join-missing.ts';

test('a gateway that several pages lack is named once, with the last reason', () => {
  const page = (...missing: [string, string][]) => ({
    missing_gateways: missing.map(([gateway, reason]) => ({ gateway, reason })),
  });
  assert.deepEqual(joinMissing([page(), page(['a', 'away'], ['b', 'slow']), page(['a', 'slow'])]), [
    { gateway: 'a', reason: 'slow' },
    { gateway: 'b', reason: 'slow' },
  ]);
});
