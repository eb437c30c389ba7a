import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestQuerySchema, type KeyRecord, type RequestRecord } from '@kumiki/api';
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
      for (let after: string | undefined; ;) {
        const page = log.list(
          requestQuerySchema.parse({ ...filter, limit, ...(after === undefined ? {} : { after }) }),
        );
        assert.ok(page.data.length <= limit);
        seen.push(...page.data.map(({ id }) => id));
        if (!page.has_more) break;
        after = page.last_id;
      }
      assert.deepEqual(seen, expected);
      assert.equal(log.open(), all.filter(({ ended }) => ended === 'open').length);
    }),
  );
});

test('a page after one that was forgotten is empty', () => {
  const log = createRequestLog(2);
  const records = [1, 2, 3].map((at) => remember(log, { path: '/v1/chat/completions', key: 'a', ended: 'open' }, at));
  const page = log.list(requestQuerySchema.parse({ after: records[0]?.id }));
  assert.deepEqual(page, { object: 'list', data: [], first_id: '', last_id: '', has_more: false });
  assert.equal(log.find(records[0]?.id ?? ''), null);
});

test('a request tells of all that belongs to its trace, by start, and who caused whom', () => {
  const log = createRequestLog();
  const base = { method: 'POST', kind: 'service', service: null, key: keyOf('a') } as const;
  const root = openHop(undefined);
  const child = openHop(root.traceparent);
  log.begin({ ...base, id: 'root', hop: root, path: '/v1/responses', startedAt: 10 });
  log.begin({ ...base, id: 'other', hop: openHop(undefined), path: '/v1/files', startedAt: 11 });
  log.begin({ ...base, id: 'child', hop: child, path: '/v1/chat/completions', startedAt: 12 });
  const detail = log.find('child');
  assert.deepEqual(
    detail?.trace.map(({ id }) => id),
    ['root', 'child'],
  );
  assert.equal(detail.parent_span_id, detail.trace[0]?.span_id);
  assert.equal(detail.trace[0]?.parent_span_id, null);
});

test('a reader hears of a beginning and of an end, until it leaves', () => {
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
