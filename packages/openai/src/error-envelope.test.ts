import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KumikiError } from '@kumiki/api';
import fc from 'fast-check';
import { errorFrame, parseUpstreamError } from './error-envelope.ts';
import { dataOf } from './sse-frame.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const parse = (value: unknown, status = 400) => parseUpstreamError(status, bytes(JSON.stringify(value)));

test('every flavour of error body is understood', () => {
  const openai = { message: 'No such model', type: 'invalid_request_error', code: 'model_not_found', param: 'model' };
  assert.deepEqual(parse({ error: openai }), openai);
  assert.deepEqual(parse({ object: 'error', message: 'too long', type: 'BadRequestError', param: null, code: 400 }), {
    message: 'too long',
    type: 'BadRequestError',
    code: null,
    param: null,
  });
  assert.deepEqual(parse({ error: { code: 503, message: 'Loading model', type: 'unavailable_error' } }), {
    message: 'Loading model',
    type: 'unavailable_error',
    code: null,
    param: null,
  });
  assert.equal(parse({ detail: 'Not Found' }).message, 'Not Found');
  assert.deepEqual(
    parse({ detail: [{ loc: ['body', 'messages', 0, 'role'], msg: 'Field required', type: 'missing' }] }),
    {
      message: 'messages.0.role: Field required',
      type: null,
      code: 'missing',
      param: 'messages.0.role',
    },
  );
  assert.equal(parse({ error: 'model "x" not found' }).message, 'model "x" not found');
  assert.equal(parse({ error: 'Input too long', error_type: 'validation' }).type, 'validation');
  assert.equal(parse([{ error: { message: 'quota' } }]).message, 'quota');
});

test('text and pages become one line, and silence gets a sentence of its own', () => {
  assert.equal(parseUpstreamError(502, bytes('upstream\r\n  failed\n')).message, 'upstream failed');
  const page = '<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>';
  assert.equal(parseUpstreamError(502, bytes(page)).message, '502 Bad Gateway');
  assert.equal(parseUpstreamError(500, bytes('<!DOCTYPE html><style>a{}</style><p>Oh <b>no</b></p>')).message, 'Oh no');
  assert.equal(parseUpstreamError(503, bytes('')).message, 'HTTP status 503 without a message');
  assert.equal(parseUpstreamError(503, bytes('{"error":')).message, 'HTTP status 503 without a message');
  assert.equal(parseUpstreamError(503, bytes('{}')).message, 'HTTP status 503 without a message');
  assert.equal(parseUpstreamError(500, bytes('x'.repeat(9_000))).message.length, 2_000);
});

test('any body gives a message of one line', () => {
  const value = fc.oneof(
    fc.string().map(bytes),
    fc.json().map(bytes),
    fc.json().map((inner) => bytes(`{"error":${inner}}`)),
    fc.json().map((inner) => bytes(`{"detail":[${inner}]}`)),
    fc.uint8Array(),
  );
  fc.assert(
    fc.property(value, (body) => {
      const { message } = parseUpstreamError(500, body);
      assert.ok(message.length > 0 && !/[\r\n]/.test(message));
    }),
    { numRuns: 5_000 },
  );
});

test('an error frame is one event that holds the envelope', () => {
  const frame = errorFrame(new KumikiError('stream_interrupted', { reason: 'no replica\nis left' }));
  assert.deepEqual(JSON.parse(dataOf(frame) ?? ''), {
    error: {
      message: 'The answer was cut short and could not be continued: no replica\nis left.',
      type: 'server_error',
      param: null,
      code: 'stream_interrupted',
    },
  });
});
