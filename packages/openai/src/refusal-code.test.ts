import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusalCode } from './refusal-code.ts';

const error = { message: 'It is not valid.', type: null, code: null, param: null };

test("a server's own code stays, and what it means without one gets a row of the table", () => {
  assert.equal(refusalCode(400, { ...error, code: 'unsupported_parameter' }), 'unsupported_parameter');
  assert.equal(refusalCode(400, error), 'invalid_value');
  assert.equal(refusalCode(404, { ...error, param: 'model' }), 'model_not_found');
  assert.equal(refusalCode(400, { ...error, type: 'exceed_context_size_error' }), 'context_length_exceeded');
  const message = "This model's maximum context length is 2048 tokens. However, your prompt contains 2049 tokens.";
  assert.equal(refusalCode(400, { ...error, message }), 'context_length_exceeded');
});
