import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chooseStandIns, standInAfterMs, standInShare, type WatchedPod } from './choose-stand-ins.ts';

const pod = (name: string, unreachableMs: number | null = null, ready = true): WatchedPod => ({
  name,
  ready,
  unreachableMs,
});

test('one stands in for a pod that gateways have not reached for long enough', () => {
  const others = [pod('b'), pod('c')];
  assert.equal(chooseStandIns(3, [pod('a', standInAfterMs - 1), ...others]).count, 0);
  assert.equal(chooseStandIns(3, [pod('a', standInAfterMs), ...others]).count, 1);
  assert.equal(chooseStandIns(3, [pod('a', standInAfterMs, false), ...others]).count, 0);
});

test('when most look lost, the network is at fault and none stands in', () => {
  const { count, reason } = chooseStandIns(3, [pod('a', 60_000), pod('b', 60_000), pod('c')]);
  assert.equal(count, 0);
  assert.match(reason ?? '', /gateways reach 1 of 3 ready pods/);
});

test('stand-ins are never more than the lost, nor than their share', () => {
  const pods = fc.array(
    fc.record({
      name: fc.string(),
      ready: fc.boolean(),
      unreachableMs: fc.option(fc.integer({ min: 0, max: 60_000 })),
    }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40 }), pods, (desired, all) => {
      const { count } = chooseStandIns(desired, all);
      const lost = all.filter(({ ready, unreachableMs }) => ready && (unreachableMs ?? 0) >= standInAfterMs).length;
      assert.ok(count <= lost);
      assert.ok(count <= Math.max(1, desired * standInShare));
    }),
  );
});
