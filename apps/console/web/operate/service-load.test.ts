import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceLine, sumOfService } from './service-load.ts';
import { load, replicaLoad } from './testing/records.ts';

test('the load of a service is the sum of its replicas, its latency their median', () => {
  const now = load({
    replicas: [
      replicaLoad({ id: 'a', running: 2, tokens_per_second: 10, ttft_ms: { p50: 100, p95: 1 } }),
      replicaLoad({ id: 'b', running: null, tokens_per_second: 5, ttft_ms: { p50: 300, p95: 1 } }),
      replicaLoad({ id: 'c', service: 'other', running: 9 }),
    ],
  });
  const sum = sumOfService(now, 'chat');
  assert.deepEqual([sum?.running, sum?.tokensPerSecond, sum?.ttftMs, sum?.itlMs], [2, 15, 300, null]);
  assert.equal(sumOfService(now, 'none'), null);
  assert.equal(sumOfService(undefined, 'chat'), null);
});

test('a small line has a gap where no replica was there', () => {
  const points = [load(), load({ replicas: [replicaLoad({ id: 'a', tokens_per_second: 3 })] })];
  assert.deepEqual(serviceLine(points, 'chat'), [null, 3]);
});
