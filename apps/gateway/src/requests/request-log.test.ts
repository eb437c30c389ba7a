import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KeyRecord, type RequestRecord } from '@kumiki/api';
import fc from 'fast-check';
import { makeRequestId, openHop } from '../http/random-ids.ts';
import { beginAttempt } from './record-attempt.ts';
import { createRequestLog, type RequestLog } from './request-log.ts';

const limits = { requests_per_minute: null, tokens_per_minute: null, max_concurrent: null };
const keyOf = (id: string): KeyRecord => ({
  id,
  name: id,
  project: `project of ${id}`,
  hash: '',
  roles: ['inference'],
  models: null,
  limits,
  expiresAt: null,
});

interface Told {
  readonly path: string;
  readonly key: string;
  readonly ended: 'open' | 'completed' | 'failed' | 'cancelled';
}

function remember(log: RequestLog, { path, key, ended }: Told, now: number): RequestRecord {
  const record = log.begin({
    id: makeRequestId(),
    hop: openHop(undefined),
    method: 'POST',
    path,
    kind: path.startsWith('/v1/chat/') ? 'model' : 'service',
    service: null,
    key: keyOf(key),
    startedAt: now,
  });
  if (ended !== 'open') log.end(record, ended, now + 1);
  return record;
}

const told = fc.record({
  path: fc.constantFrom(
    '/v1/chat/completions',
    '/v1/vector_stores/vs_1/search',
    '/v1/vector_stores',
    '/v1/vector_storesX',
  ),
  key: fc.constantFrom('key_a', 'key_b'),
  ended: fc.constantFrom('open' as const, 'completed' as const, 'failed' as const, 'cancelled' as const),
});
const query = fc.record(
  {
    path: fc.constantFrom('/v1/vector_stores', '/v1/chat/completions', '/v1'),
    key_id: fc.constantFrom('key_a', 'key_b'),
    outcome: fc.constantFrom('open' as const, 'completed' as const, 'failed' as const, 'cancelled' as const),
    kind: fc.constantFrom('model' as const, 'service' as const),
  },
  { requiredKeys: [] },
);

test('pages of any size, put together, are all that matches of the newest, newest first', () => {
  fc.assert(
    fc.property(fc.array(told, { maxLength: 60 }), query, fc.integer({ min: 1, max: 7 }), (all, filter, limit) => {
      const log = createRequestLog(40);
      const records = all.map((one, at) => remember(log, one, at * 10));
      const expected = records
        .slice(-40)
        .toReversed()
        .filter((record, at) => {
          const { path, key, ended } = all[records.length - 1 - at] as Told;
          assert.equal(record.outcome, ended);
          return (
            (filter.path === undefined || path === filter.path || path.startsWith(`${filter.path}/`)) &&
            (filter.key_id === undefined || key === filter.key_id) &&
            (filter.outcome === undefined || ended === filter.outcome) &&
            (filter.kind === undefined || record.kind === filter.kind)
          );
        })
        .map(({ id }) => id);
      const seen: string[] = [];
      for (let before: RequestRecord | undefined; ;) {
        const place = before === undefined ? {} : { before_at: before.started_at, before_id: before.id };
        const page = log.list({ ...filter, limit, ...place });
        assert.ok(page.data.length <= limit);
        seen.push(...page.data.map(({ id }) => id));
        if (!page.has_more) break;
        before = page.data.at(-1);
      }
      assert.deepEqual(seen, expected);
      assert.equal(log.open(), all.filter(({ ended }) => ended === 'open').length);
    }),
  );
});

test('what was forgotten is not there; one record and one trace are asked for by their ids', () => {
  const log = createRequestLog(2);
  const root = openHop(undefined);
  const base = { method: 'POST', kind: 'service', service: null, key: keyOf('a') } as const;
  log.begin({ ...base, id: 'gone', hop: root, path: '/v1/responses', startedAt: 10 });
  log.begin({ ...base, id: 'other', hop: openHop(undefined), path: '/v1/files', startedAt: 11 });
  const child = log.begin({ ...base, id: 'child', hop: openHop(root.traceparent), path: '/v1/files', startedAt: 12 });
  const idsOf = (query: object) => log.list({ limit: 5, ...query }).data.map(({ id }) => id);
  assert.deepEqual(idsOf({ id: 'gone' }), []);
  assert.deepEqual(idsOf({ id: 'other' }), ['other']);
  assert.deepEqual(idsOf({ trace_id: child.trace_id }), ['child']);
});

test('a reader gets the beginning and the end of a record, until it unsubscribes', () => {
  const log = createRequestLog();
  const heard: string[] = [];
  const leave = log.subscribe((record) => heard.push(record.outcome));
  remember(log, { path: '/v1/files', key: 'a', ended: 'failed' }, 1);
  leave();
  remember(log, { path: '/v1/files', key: 'a', ended: 'failed' }, 2);
  assert.deepEqual(heard, ['open', 'failed']);
});

test('of very many attempts the first ones and the last are kept', () => {
  const record = remember(createRequestLog(), { path: '/v1/files', key: 'a', ended: 'open' }, 1);
  for (let at = 0; at < 64; at++) beginAttempt(record, `replica ${at}`, at);
  assert.equal(record.attempts.length, 16);
  assert.equal(record.attempts[14]?.replica, 'replica 14');
  assert.equal(record.attempts[15]?.replica, 'replica 63');
  assert.equal(record.replica, 'replica 63');
});
