import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Load } from '@kumiki/api';
import { amountSince, historySpanMs, joinLoads, toLines, toMinutes } from './load-history.ts';

function load(at: number, perSecond = 1): Load {
  return {
    object: 'kumiki.load',
    at,
    open_requests: 0,
    requests_per_second: perSecond,
    errors_per_second: 0,
    tokens_per_second: 0,
    ttft_ms: perSecond === 0 ? null : { p50: perSecond * 10, p95: perSecond * 20 },
    itl_ms: null,
    replicas: [],
    missing_gateways: [],
  };
}

test('history and live points are joined by time, the live one counts', () => {
  const joined = joinLoads([load(1_000), load(2_000)], [load(2_000, 7), load(3_000)]);
  assert.deepEqual(
    joined.map(({ at, requests_per_second }) => [at, requests_per_second]),
    [
      [1_000, 1],
      [2_000, 7],
      [3_000, 1],
    ],
  );
});

test('what is older than the span is left out', () => {
  const joined = joinLoads([load(0)], [load(historySpanMs + 1)]);
  assert.deepEqual(
    joined.map(({ at }) => at),
    [historySpanMs + 1],
  );
});

test('a line is broken where points are missing', () => {
  const { times, values } = toLines([load(1_000), load(2_000), load(20_000)], 1_000, [
    ({ requests_per_second }) => requests_per_second,
  ]);
  assert.deepEqual(times, [1, 2, 3, 20]);
  assert.deepEqual(values, [[1, 1, null, 1]]);
});

test('an amount is the area since a moment, and a gap counts as a few steps at most', () => {
  const points = [load(1_000, 2), load(2_000, 2), load(3_000, 2), load(60_000, 2)];
  assert.equal(
    amountSince(points, 1_000, 2_000, ({ requests_per_second }) => requests_per_second),
    2 + 2 + 8,
  );
});

test('minutes hold means, the worst percentile, and nothing where nothing was measured', () => {
  const minutes = toMinutes([load(0, 1), load(30_000, 3), load(61_000, 0)]);
  assert.deepEqual(
    minutes.map(({ at, requestsPerSecond, ttftP95Ms }) => [at, requestsPerSecond, ttftP95Ms]),
    [
      [60_000, 0, null],
      [0, 2, 60],
    ],
  );
});
