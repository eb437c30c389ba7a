import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { attempt, request } from '../operate/testing/records.ts';
import { explainTime } from './explain-time.ts';
import { layOutTrace, type Waterfall } from './waterfall.ts';

const model = request({
  id: 'm',
  span_id: 'm',
  parent_span_id: 'r',
  started_at: 120,
  ended_at: 400,
  attempts: [
    attempt({ started_at: 125, first_byte_at: 200, ended_at: 395, queue_ms: 10, prefill_ms: 60, decode_ms: 190 }),
  ],
});
const root = request({
  id: 'r',
  span_id: 'r',
  parent_span_id: 'the-client',
  kind: 'service',
  service: 'conversations',
  started_at: 100,
  ended_at: 410,
});

function shape({ steps }: Waterfall): unknown {
  return steps.map(({ key, depth, segments }) => [
    key,
    depth,
    segments.map(({ kind, from, to }) => `${kind} ${from}-${to}`).join(', '),
  ]);
}

test('a model’s request is its queue, prefill and decode, with the gateway around and the network at the end', () => {
  assert.deepEqual(shape(layOutTrace([model], 0)), [
    ['m', 0, 'gateway 0-5, queue 5-15, prefill 15-75, decode 75-265, network 265-275, gateway 275-280'],
  ]);
});

test('a service works by itself or waits for what it asked, which stands below it', () => {
  assert.deepEqual(shape(layOutTrace([model, root], 0)), [
    ['r', 0, 'service 0-20, others 20-300, service 300-310'],
    ['m', 1, 'gateway 20-25, queue 25-35, prefill 35-95, decode 95-285, network 285-295, gateway 295-300'],
  ]);
});

test('an attempt that broke off and its continuation are steps of their own', () => {
  const continued = request({
    id: 'c',
    started_at: 0,
    ended_at: 100,
    continuations: 1,
    attempts: [
      attempt({
        started_at: 0,
        first_byte_at: 20,
        ended_at: 50,
        outcome: 'failed',
        reason: 'the connection was reset',
      }),
      attempt({ started_at: 60, first_byte_at: 70, ended_at: 100, queue_ms: 0, prefill_ms: 10, decode_ms: 30 }),
    ],
  });
  const waterfall = layOutTrace([continued], 0);
  assert.deepEqual(shape(waterfall), [
    ['c', 0, 'wait 0-20, answer 20-50, gateway 50-60, prefill 60-70, decode 70-100'],
    ['c/0', 1, 'wait 0-20, answer 20-50'],
    ['c/1', 1, 'prefill 60-70, decode 70-100'],
  ]);
  assert.deepEqual(
    waterfall.steps.map(({ attempt, failed }) => [attempt?.role ?? null, failed]),
    [
      [null, false],
      ['first', true],
      ['continuation', false],
    ],
  );
});

test('what is open goes on until now', () => {
  const open = request({
    started_at: 1_000,
    ended_at: null,
    outcome: 'open',
    attempts: [attempt({ started_at: 1_010, outcome: 'open' })],
  });
  const { steps, totalMs } = layOutTrace([open], 1_500);
  assert.equal(totalMs, 500);
  assert.equal(steps[0]?.open, true);
  assert.deepEqual(steps[0]?.segments.at(-1), { kind: 'wait', from: 10, to: 500 });
});

test('a request that was refused at once is the gateway’s alone', () => {
  assert.deepEqual(shape(layOutTrace([request({ id: 'x', started_at: 5, ended_at: 7 })], 0)), [
    ['x', 0, 'gateway 0-2'],
  ]);
});

test('at each moment the innermost step counts, and nothing counts twice', () => {
  const shares = explainTime(layOutTrace([model, root], 0));
  assert.deepEqual(
    shares.map(({ what, service, ms }) => [what, service, ms]),
    [
      ['decode', null, 190],
      ['prefill', null, 60],
      ['service', 'conversations', 30],
      ['gateway', null, 10],
      ['queue', null, 10],
      ['network', null, 10],
    ],
  );
});

test('whatever is told, segments follow each other within their step, and shares add up to no more than all', () => {
  const time = fc.integer({ min: 0, max: 1_000 });
  const maybe = fc.option(time, { nil: null });
  const span = fc.constantFrom('a', 'b', 'c', 'd');
  const record = fc
    .record({
      id: fc.uuid(),
      span_id: span,
      parent_span_id: fc.option(span, { nil: null }),
      kind: fc.constantFrom('model' as const, 'service' as const),
      started_at: time,
      ended_at: maybe,
      attempts: fc.array(
        fc
          .record({ started_at: time, first_byte_at: maybe, ended_at: maybe, queue_ms: maybe, decode_ms: maybe })
          .map(attempt),
        { maxLength: 3 },
      ),
    })
    .map(request);
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 6 }), (trace) => {
      const waterfall = layOutTrace(trace, 1_000);
      const requests = waterfall.steps.filter(({ attempt }) => attempt === null);
      assert.equal(requests.length, trace.length);
      for (const { from, to, segments } of waterfall.steps) {
        let at = from;
        for (const segment of segments) {
          assert.ok(segment.from >= at && segment.to > segment.from && segment.to <= to);
          at = segment.to;
        }
      }
      const all = explainTime(waterfall).reduce((sum, { ms }) => sum + ms, 0);
      assert.ok(all <= waterfall.totalMs + 1e-6);
    }),
  );
});
