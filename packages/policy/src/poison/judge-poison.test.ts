import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { judgePoison, maxFruitlessClaims, maxSharedFruitlessClaims } from './judge-poison.ts';

test('what was never lost is tried beside others, what was lost once alone, what was lost twice no more', () => {
  assert.deepEqual(judgePoison({ lost: 0, shared: 0 }), { kind: 'try' });
  assert.deepEqual(judgePoison({ lost: 1, shared: 0 }), { kind: 'try_alone' });
  assert.deepEqual(judgePoison({ lost: 2, shared: 0 }), { kind: 'refuse', claims: 2 });
});

test('a loss that may be the fault of another suspect does not convict, but four of them do', () => {
  assert.deepEqual(judgePoison({ lost: 2, shared: 1 }), { kind: 'try_alone' });
  assert.deepEqual(judgePoison({ lost: 3, shared: 1 }), { kind: 'refuse', claims: 3 });
  assert.deepEqual(judgePoison({ lost: 4, shared: 4 }), { kind: 'refuse', claims: 4 });
});

test('work that is always lost ends, after two claims alone and after four in any company', () => {
  fc.assert(
    fc.property(fc.infiniteStream(fc.boolean()), (company) => {
      let [lost, shared] = [0, 0];
      for (const inCompany of company) {
        const verdict = judgePoison({ lost, shared });
        if (verdict.kind === 'refuse') break;
        lost += 1;
        if (inCompany) shared += 1;
      }
      assert.ok(lost >= maxFruitlessClaims && lost <= maxSharedFruitlessClaims);
      assert.ok(lost === maxSharedFruitlessClaims || lost - shared === maxFruitlessClaims);
    }),
  );
});
