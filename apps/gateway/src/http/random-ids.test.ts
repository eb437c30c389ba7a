import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeRequestId, openHop } from './random-ids.ts';

test('request ids are unique across refills of the pool', () => {
  const ids = new Set(Array.from({ length: 5_000 }, makeRequestId));
  assert.equal(ids.size, 5_000);
  for (const id of ids) assert.match(id, /^req_[0-9a-f]{32}$/);
});

test("a caller's trace goes on with a new parent, a malformed one is replaced", () => {
  const received = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const hop = openHop(received);
  assert.equal(hop.traceId, '4bf92f3577b34da6a3ce929d0e0e4736');
  assert.equal(hop.parentSpanId, '00f067aa0ba902b7');
  assert.match(hop.spanId, /^(?!00f067aa0ba902b7)[0-9a-f]{16}$/);
  assert.equal(hop.traceparent, `00-${hop.traceId}-${hop.spanId}-01`);
  for (const bad of [
    undefined,
    '',
    'x',
    `${received}\r\nevil: 1`,
    '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
  ]) {
    const begun = openHop(bad);
    assert.match(begun.traceparent, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    assert.notEqual(begun.traceId, hop.traceId);
    assert.equal(begun.parentSpanId, null);
  }
});
