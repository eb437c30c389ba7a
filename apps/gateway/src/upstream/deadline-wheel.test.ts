import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createDeadlineWheel } from './deadline-wheel.ts';

test('a deadline fires once, never early, and at most two ticks late', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 120_000 }), { minLength: 1, maxLength: 30 }), (times) => {
      let now = 0;
      const wheel = createDeadlineWheel({ tickMs: 100, now: () => now });
      const fired = times.map(() => [] as number[]);
      times.forEach((ms, at) => wheel.arm(ms, () => fired[at]?.push(now)));
      while (now < 121_000) {
        now += 100;
        wheel.advance();
      }
      wheel.close();
      times.forEach((ms, at) => {
        assert.equal(fired[at]?.length, 1);
        const late = (fired[at]?.[0] ?? 0) - ms;
        assert.ok(late >= 0 && late <= 200, `${ms} ms fired ${late} ms late`);
      });
      assert.equal(wheel.size(), 0);
    }),
    { numRuns: 20 },
  );
});

test('a rearmed deadline starts again, a cleared one never fires', () => {
  let now = 0;
  const wheel = createDeadlineWheel({ tickMs: 100, now: () => now });
  const fired: string[] = [];
  const kept = wheel.arm(1_000, () => fired.push(`kept at ${now}`));
  wheel.arm(1_000, () => fired.push('cleared')).clear();
  for (let step = 0; step < 50; step++) {
    now += 100;
    if (now <= 2_000) kept.rearm();
    wheel.advance();
  }
  wheel.close();
  assert.deepEqual(fired, ['kept at 3000']);
});

test('a process that was held up does not call its deadlines before it has had time to read', () => {
  let now = 0;
  const wheel = createDeadlineWheel({ tickMs: 100, now: () => now });
  let fired = false;
  wheel.arm(4_000, () => (fired = true));
  now = 60_000;
  wheel.advance();
  assert.equal(fired, false);
  wheel.close();
});
