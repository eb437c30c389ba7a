import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeyRecord } from '@kumiki/api';
import { openHop } from '../http/random-ids.ts';
import { createRequestLog } from '../requests/request-log.ts';
import { createLoadMeter } from './load-meter.ts';

const limits = { requests_per_minute: null, tokens_per_minute: null, max_concurrent: null };
const key: KeyRecord = {
  id: 'key',
  name: 'key',
  project: 'default',
  hash: '',
  roles: [],
  models: null,
  limits,
  expiresAt: null,
};
const opening = { id: 'r', method: 'POST', path: '/', kind: 'model', service: null, key, startedAt: 0 } as const;

test('a stream counts where it flows: its tokens, the time to its first and between the others', () => {
  const meter = createLoadMeter(() => 0);
  const record = createRequestLog().begin({ ...opening, hop: openHop(undefined) });
  let events = 0;
  const stream = meter.streamBegins({ record, endpoint: 'a', events: () => events });
  events = 1;
  meter.firstToken('a', 250, 200, 1_000);
  stream.first(1_000);
  events = 51;
  stream.end(2_000);
  meter.requestBegins(2_000);
  meter.tokens('b', 100, 2_000);
  const load = meter.read(2_000);
  assert.deepEqual(
    load.endpoints.find(({ id }) => id === 'a'),
    {
      id: 'a',
      tokens_per_second: 5.1,
      ttft_ms: { weight: 1, values: Array.from({ length: 20 }, () => 200) },
      itl_ms: { weight: 50, values: Array.from({ length: 20 }, () => 20) },
    },
  );
  assert.deepEqual(
    load.endpoints.find(({ id }) => id === 'b'),
    { id: 'b', tokens_per_second: 10, ttft_ms: null, itl_ms: null },
  );
  assert.deepEqual(
    [
      load.tokens_per_second,
      load.ttft_ms?.values[9],
      load.itl_ms?.values[9],
      load.requests_per_second,
      load.errors_per_second,
    ],
    [15.1, 250, 20, 0.1, 0],
  );
  assert.equal(record.completion_tokens, 51);
  meter.stop();
});

test('what was quiet for the window is nought, and the endpoints that are kept are the last used', () => {
  const meter = createLoadMeter(() => 0);
  for (let at = 0; at < 1_100; at++) meter.tokens(`endpoint ${at}`, 1, at);
  const { endpoints } = meter.read(1_100);
  assert.equal(endpoints.length, 1_024);
  assert.ok(endpoints.some(({ id }) => id === 'endpoint 1099') && !endpoints.some(({ id }) => id === 'endpoint 0'));
  const later = meter.read(20_000);
  assert.deepEqual([later.tokens_per_second, later.ttft_ms, later.itl_ms], [0, null, null]);
  meter.stop();
});
