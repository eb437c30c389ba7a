import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultLeaseTimes as times, judgeLease, maxRecordedLeaseMs } from './judge-lease.ts';
import { createTenure } from './tenure.ts';

const record = { holder: 'other', durationMs: times.leaseMs, renewTime: '2001-01-01T00:00:00.000000Z', transitions: 3 };

test('a lease is taken after it was seen unchanged for its duration, whatever time stands in it', () => {
  for (const renewTime of ['1970-01-01T00:00:00.000000Z', '2999-01-01T00:00:00.000000Z']) {
    const observed = { record: { ...record, renewTime }, seenAt: 1_000 };
    assert.equal(judgeLease(observed, 'me', 1_000 + times.leaseMs - 1, times), 'wait');
    assert.equal(judgeLease(observed, 'me', 1_000 + times.leaseMs, times), 'take');
  }
});

test('a longer duration in the record is respected, up to a limit; a released lease is free', () => {
  const long = { record: { ...record, durationMs: 60_000 }, seenAt: 0 };
  assert.equal(judgeLease(long, 'me', 59_999, times), 'wait');
  const endless = { record: { ...record, durationMs: Number.MAX_SAFE_INTEGER }, seenAt: 0 };
  assert.equal(judgeLease(endless, 'me', maxRecordedLeaseMs, times), 'take');
  assert.equal(judgeLease({ record: { ...record, holder: '' }, seenAt: 0 }, 'me', 0, times), 'take');
  assert.equal(judgeLease({ record: { ...record, holder: 'me' }, seenAt: 0 }, 'me', 0, times), 'renew');
  assert.equal(judgeLease(null, 'me', 0, times), 'create');
});

test('a tenure ends by whichever clock has gone further since the request that extended it', () => {
  for (const jump of ['monotonicMs', 'wallMs'] as const) {
    const now = { monotonicMs: 0, wallMs: 1_000_000 };
    const tenure = createTenure({ limitMs: 100, monotonicMs: () => now.monotonicMs, wallMs: () => now.wallMs });
    const changes: boolean[] = [];
    tenure.onChange((held) => changes.push(held));
    assert.ok(tenure.lost().aborted);
    tenure.extend(tenure.mark());
    const lost = tenure.lost();
    now[jump] += 99;
    assert.ok(tenure.held());
    now[jump] += 1;
    assert.ok(!tenure.held() && lost.aborted);
    // A reply that comes too late extends nothing.
    tenure.extend({ monotonicMs: 0, wallMs: 1_000_000 });
    assert.ok(!tenure.held());
    assert.deepEqual(changes, [true, false]);
  }
});

test('a wall clock that is set back does not make a tenure longer', () => {
  const now = { monotonicMs: 0, wallMs: 1_000_000 };
  const tenure = createTenure({ limitMs: 100, monotonicMs: () => now.monotonicMs, wallMs: () => now.wallMs });
  tenure.extend(tenure.mark());
  now.wallMs -= 500_000;
  now.monotonicMs += 100;
  assert.ok(!tenure.held());
});
