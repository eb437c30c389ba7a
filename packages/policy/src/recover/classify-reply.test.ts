import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { classifyReply, classifyStreamError } from './classify-reply.ts';
import { closesEndpoint } from './failure.ts';

const cases: readonly (readonly [number, string | null, ReturnType<typeof classifyReply>])[] = [
  [302, null, 'protocol_error'],
  [308, null, 'protocol_error'],
  [400, null, 'refused'],
  [404, null, 'refused'],
  [413, null, 'refused'],
  [422, null, 'refused'],
  [408, null, 'server_error'],
  [429, null, 'busy'],
  [500, null, 'server_error'],
  [500, 'engine_failed', 'server_error'],
  [503, null, 'busy'],
  [503, 'queue_full', 'busy'],
  [501, null, 'refused'],
  [503, 'engine_failed', 'server_error'],
];

test('what the status and the code of a reply say', () => {
  for (const [status, code, expected] of cases) {
    assert.equal(classifyReply(status, { code, message: 'No.' }), expected, `${status} ${code}`);
  }
});

test('a server that does not accept the key it is given is not asked again, whatever else it says', () => {
  for (const status of [401, 403]) {
    for (const code of [null, 'rate_limit_exceeded', 'engine_failed']) {
      const found = classifyReply(status, { code, message: 'No.' });
      assert.ok(found !== 'refused' && closesEndpoint(found), `${status} ${code}`);
    }
  }
});

test('what fails at the server is never taken for a fault of the request', () => {
  fc.assert(
    fc.property(fc.integer({ min: 500, max: 599 }), fc.option(fc.string()), fc.string(), (status, code, message) => {
      if (status !== 501) assert.notEqual(classifyReply(status, { code, message }), 'refused');
    }),
  );
});

test("a fault of the request that llama-server reports as its own is the request's", () => {
  for (const message of [
    '[json.exception.parse_error.101] parse error at line 1, column 41: syntax error while parsing object key',
    'input (40001 tokens) is too large to process. increase the physical batch size (current batch size: 512)',
  ]) {
    assert.equal(classifyReply(500, { code: null, message }), 'refused');
    assert.equal(classifyReply(502, { code: null, message }), 'server_error');
    assert.equal(classifyReply(500, { code: null, message: `Failed: ${message}` }), 'server_error');
  }
});

test('an error within a stream is the fault of the request only where the server says so', () => {
  assert.equal(classifyStreamError('invalid_request_error'), 'refused');
  for (const type of [null, 'server_error', 'BadRequestError']) assert.equal(classifyStreamError(type), 'server_error');
});
