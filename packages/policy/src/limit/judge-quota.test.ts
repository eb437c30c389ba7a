import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeQuota } from './judge-quota.ts';

test('what fits to the last byte may come, one more may not, and what would pass is told', () => {
  assert.equal(judgeQuota({ limit: 10, used: 4, needed: 6 }), null);
  assert.deepEqual(judgeQuota({ limit: 10, used: 4, needed: 7 }), { left: 6 });
  assert.deepEqual(judgeQuota({ limit: 10, used: 12, needed: 1 }), { left: 0 });
  assert.equal(judgeQuota({ limit: 0, used: 0, needed: 0 }), null);
});
