import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headers, requestDetailSchema, requestListSchema } from '@kumiki/api';
import { fakeRecord } from '@kumiki/control/testing';
import { errorOf } from '@kumiki/testing';
import { startFakeControl } from '../testing/fake-control.ts';

test("a key sees its own requests and nothing of another's, whatever it asks for", async () => {
  await using control = await startFakeControl();
  const asking = { [headers.key]: 'key_app', [headers.project]: 'default' };
  const { records } = control.gateway;
  const of = (id: string, keyId: string, change: Parameters<typeof fakeRecord>[0] = {}) =>
    records.push(fakeRecord({ id, key_id: keyId, ...change }));
  const attempt = {
    replica: 'http://10.0.0.7:4000',
    started_at: 1,
    first_byte_at: null,
    ended_at: null,
    outcome: 'open' as const,
    reason: null,
    failure: null,
    queue_ms: null,
    prefill_ms: null,
    decode_ms: null,
  };
  of('req_own', 'key_app');
  of('req_service', 'key_app', {
    kind: 'service',
    service: 'search',
    replica: 'http://10.0.0.7:4000',
    attempts: [attempt],
  });
  // Clients choose their trace ids; here another key used the same one.
  of('req_other', 'key_other');
  const list = await control.call('GET', 'me/requests?limit=5', undefined, asking);
  assert.deepEqual(
    requestListSchema.parse(list.body).data.map(({ id }) => id),
    ['req_own', 'req_service'],
  );
  const detail = await control.call('GET', 'me/requests/req_own', undefined, asking);
  assert.deepEqual(
    requestDetailSchema.parse(detail.body).trace.map(({ id }) => id),
    ['req_own', 'req_service'],
  );
  assert.ok(!JSON.stringify([list.body, detail.body]).match(/10\.0\.0\.7|key_other/));
  for (const query of ['key_id=key_other', 'project=default', 'limit=1000']) {
    assert.equal((await control.call('GET', `me/requests?${query}`, undefined, asking)).status, 400, query);
  }
  const refused = await control.call('GET', 'me/requests/req_other', undefined, asking);
  assert.deepEqual([refused.status, errorOf(refused).code], [404, 'not_found']);
});
