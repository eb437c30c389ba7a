import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorInAnswer } from './error-in-answer.ts';

const failureOf = (answer: unknown): string | null => {
  const outcome = errorInAnswer(JSON.stringify(answer));
  return outcome === null ? null : outcome.kind === 'failed' ? outcome.detail : outcome.kind;
};

test('an error is found alone, beside choices, in a choice, and as the end of one', () => {
  const error = { message: 'The provider went away.', code: 502 };
  assert.equal(failureOf({ error }), error.message);
  assert.equal(failureOf({ choices: [{ index: 0, delta: {} }], error }), error.message);
  assert.equal(failureOf({ choices: [{ index: 0, error, finish_reason: 'error' }] }), error.message);
  assert.match(failureOf({ choices: [{ finish_reason: 'error' }] }) ?? '', /ended its answer with an error$/);
  const native = { finish_reason: 'error', native_finish_reason: 'MALFORMED_FUNCTION_CALL' };
  assert.match(failureOf({ choices: [native] }) ?? '', /\(MALFORMED_FUNCTION_CALL\)$/);
  assert.equal(failureOf({ error: { ...error, type: 'invalid_request_error' } }), 'refused');
});

test('what only mentions an error is an answer', () => {
  for (const answer of [
    { error: null, choices: [{ delta: { content: '"error"' }, finish_reason: 'stop' }] },
    { choices: [{ delta: { content: 'error' } }, null] },
    { choices: [{ error: null }] },
    { choices: 'error' },
    'error',
    null,
  ])
    assert.equal(failureOf(answer), null);
  assert.equal(errorInAnswer('{"choices": "error'), null);
  assert.equal(errorInAnswer('{"error": {"mess')?.kind, 'failed');
});
