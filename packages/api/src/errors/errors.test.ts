import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ErrorCode, errorMessage, errorTable, KumikiError, toKumikiError } from './errors.ts';

test('no message ends with two full stops, whether its details end their sentences or not', () => {
  for (const [code, { message }] of Object.entries(errorTable)) {
    const names = [...message.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    for (const detail of ['a detail', 'A sentence.', 'One. Another.']) {
      const shown = errorMessage(code as ErrorCode, Object.fromEntries(names.map((name) => [name, detail])));
      assert.doesNotMatch(shown, /\.\.(?:\s|$)/, `${code}: ${shown}`);
    }
  }
  assert.equal(errorMessage('conflict', { reason: 'It is held.' }), 'It is held.');
  assert.equal(errorMessage('conflict', { reason: 'it is held' }), 'it is held.');
});

test('a refusal costs no stack, and what went wrong inside keeps its own', () => {
  const { stackTraceLimit } = Error;
  const frames = (error: Error): number => error.stack?.match(/^ +at /gm)?.length ?? 0;
  assert.equal(frames(new KumikiError('rate_limit_exceeded', { limit: 1 })), 0);
  const refusal = new KumikiError('upstream_error', { reason: 'it ended' }, { cause: new Error('reset') });
  assert.ok(refusal.cause instanceof Error && frames(refusal.cause) > 0);
  assert.ok(frames(new KumikiError('internal_error')) > 0);
  const inside = toKumikiError(new TypeError('undefined is not a function'));
  assert.ok(inside.cause instanceof Error && frames(inside.cause) > 0);
  assert.equal(Error.stackTraceLimit, stackTraceLimit);
  assert.ok(frames(new Error('the next one')) > 0);
});
