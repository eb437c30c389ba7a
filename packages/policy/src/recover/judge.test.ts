import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Failure } from './failure.ts';
import { defaultRecoveryLimits, judge, type AnswerSoFar } from './judge.ts';

const failures: Failure[] = [
  'connect_refused',
  'connect_timeout',
  'headers_timeout',
  'first_token_timeout',
  'stalled',
  'broken',
  'protocol_error',
  'server_error',
  'credentials_refused',
  'busy',
];
const answer: AnswerSoFar = { attempts: 1, attemptsWithoutProgress: 0, divergences: 0, begun: false, obstacle: null };

test('nothing sent yet: the request is asked again, whatever failed', () => {
  for (const failure of failures) assert.deepEqual(judge(failure, answer), { kind: 'again' });
});

test('an answer that has begun is never asked for again, only continued', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...failures),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 0, max: 40 }),
      (failure, attempts, idle) => {
        const verdict = judge(failure, { ...answer, begun: true, attempts, attemptsWithoutProgress: idle });
        assert.notEqual(verdict.kind, 'again');
      },
    ),
  );
});

test('every chain of failures ends', () => {
  for (const progress of [0, 1]) {
    let attempts = 1;
    let idle = 0;
    while (judge('broken', { ...answer, begun: true, attempts, attemptsWithoutProgress: idle }).kind !== 'give_up') {
      attempts++;
      idle = progress === 1 ? 0 : idle + 1;
      assert.ok(attempts <= defaultRecoveryLimits.maxAttempts);
    }
  }
});

test('what cannot be continued is given up with a reason', () => {
  const verdict = judge('broken', { ...answer, begun: true, obstacle: 'it is too long' });
  assert.deepEqual(verdict, { kind: 'give_up', reason: 'it is too long', forGood: true });
  assert.equal(judge('total_timeout', answer).kind, 'give_up');
});

test('who gives another answer is asked once more, and no third time', () => {
  const begun = { ...answer, begun: true };
  assert.equal(judge('diverged', { ...begun, divergences: 1 }).kind, 'continue');
  const verdict = judge('diverged', { ...begun, divergences: 2 });
  assert.ok(verdict.kind === 'give_up' && verdict.forGood);
});

test('what only failed often may be asked for later', () => {
  const verdict = judge('broken', { ...answer, begun: true, attemptsWithoutProgress: 8 });
  assert.ok(verdict.kind === 'give_up' && !verdict.forGood);
});
