import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { countLoss, findSuspects, judgeEnding, type EndedAttempt } from './judge-loss.ts';

const broken: EndedAttempt = {
  ending: { kind: 'failed', failure: 'broken' },
  afterMs: 5_000,
  excused: false,
  proven: false,
  own: true,
};
const stale = { kind: 'failed', failure: 'broken', stale: true } as const;

test('a process that ended over a request is a loss, unless it had answered or was to end anyway', () => {
  assert.equal(judgeEnding(broken), 'lost');
  assert.equal(judgeEnding({ ...broken, proven: true }), 'harmless');
  assert.equal(judgeEnding({ ...broken, own: false }), 'harmless');
  assert.equal(judgeEnding({ ...broken, ending: { kind: 'failed', failure: 'server_error' } }), 'harmless');
});

test('a kept connection that is closed at once is excused, once and not later', () => {
  assert.equal(judgeEnding({ ...broken, ending: stale, afterMs: 249 }), 'excused');
  assert.equal(judgeEnding({ ...broken, ending: stale, afterMs: 250 }), 'lost');
  assert.equal(judgeEnding({ ...broken, ending: stale, afterMs: 1, excused: true }), 'lost');
});

const attempt = fc.record({ places: fc.integer({ min: 1, max: 4 }), prepared: fc.boolean(), proven: fc.boolean() });

test('suspects have brought nothing, and the first that has brought nothing is always one', () => {
  fc.assert(
    fc.property(fc.array(attempt, { maxLength: 20 }), fc.option(fc.integer({ min: 1, max: 8 })), (open, maxRunning) => {
      const suspects = findSuspects(open, maxRunning ?? undefined);
      for (const suspect of suspects) assert.equal(suspect.proven, false);
      const [first] = open;
      assert.equal(first !== undefined && suspects.has(first), first?.proven === false);
      for (const one of open) if (!one.proven && !one.prepared) assert.ok(suspects.has(one), 'it was not read yet');
    }),
  );
});

test('a loss beside other suspects is counted as shared, and does not count against what was begun', () => {
  const history = { lost: 1, shared: 0 };
  assert.deepEqual(countLoss(history, { suspect: true, shared: false }, false), { lost: 2, shared: 0 });
  assert.deepEqual(countLoss(history, { suspect: true, shared: true }, false), { lost: 2, shared: 1 });
  assert.deepEqual(countLoss(history, { suspect: true, shared: false }, true), { lost: 2, shared: 0 });
  assert.equal(countLoss(history, { suspect: true, shared: true }, true), null);
  assert.equal(countLoss(history, { suspect: false, shared: true }, false), null);
});
