import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Database } from '@kumiki/postgres';
import { createLog, createServiceApp } from '@kumiki/service';
import { openTestDatabase } from '../testing/test-service.ts';
import { addBatchRoutes } from './batch-routes.ts';
import { chatLine, createStandInGateway } from './testing/stand-in-gateway.ts';

let database: Database;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());

const gateway = createStandInGateway();
const input = gateway.addInput([chatLine('a')]);
const body = { input_file_id: input, endpoint: '/v1/chat/completions', completion_window: '24h' };

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly json: Record<string, unknown> & {
    readonly error?: { readonly code: string; readonly param: string | null };
  };
}

async function call(
  method: 'GET' | 'POST',
  url: string,
  options: { readonly body?: unknown; readonly project?: string; readonly headers?: Record<string, string> } = {},
): Promise<Reply> {
  const log = createLog({ service: 'test', level: 'silent' });
  const { app } = await createServiceApp({ owner: 'conversations', token: 't', log, requestTimeoutMs: 5_000 });
  addBatchRoutes(app, { database, gateway });
  const reply = await app.inject({
    method,
    url,
    headers: {
      authorization: 'Bearer t',
      'x-kumiki-key': 'key_1',
      'x-kumiki-project': options.project ?? 'p1',
      ...options.headers,
    },
    ...(options.body === undefined ? {} : { payload: options.body as object }),
  });
  await app.close();
  return { status: reply.statusCode, headers: reply.headers, json: reply.json() };
}

test('a new batch is validating and has every member that clients read', async () => {
  const { status, json } = await call('POST', '/v1/batches', { body: { ...body, metadata: { who: 'me' } } });
  assert.equal(status, 200);
  assert.match(String(json['id']), /^batch_[0-9a-f]{48}$/);
  const created = Number(json['created_at']);
  const { id, created_at: _created, ...rest } = json;
  assert.deepEqual(rest, {
    object: 'batch',
    endpoint: '/v1/chat/completions',
    errors: null,
    input_file_id: input,
    completion_window: '24h',
    status: 'validating',
    output_file_id: null,
    error_file_id: null,
    in_progress_at: null,
    expires_at: created + 86_400,
    finalizing_at: null,
    completed_at: null,
    failed_at: null,
    expired_at: null,
    cancelling_at: null,
    cancelled_at: null,
    request_counts: { total: 0, completed: 0, failed: 0 },
    metadata: { who: 'me' },
  });
  assert.deepEqual((await call('GET', `/v1/batches/${String(id)}`)).json, json);
});

test('what cannot be run is refused with the parameter that is wrong', async () => {
  const cases: readonly (readonly [unknown, number, string, string])[] = [
    [{ ...body, endpoint: '/v1/images/generations' }, 400, 'invalid_value', 'endpoint'],
    [{ ...body, completion_window: '1h' }, 400, 'invalid_value', 'completion_window'],
    [{ ...body, windows: 1 }, 400, 'unknown_parameter', 'windows'],
    [{ ...body, input_file_id: 'file-none' }, 404, 'not_found', 'input_file_id'],
    [
      { ...body, output_expires_after: { anchor: 'created_at', seconds: 5 } },
      400,
      'invalid_value',
      'output_expires_after.seconds',
    ],
  ];
  for (const [wrong, status, code, param] of cases) {
    const reply = await call('POST', '/v1/batches', { body: wrong });
    assert.deepEqual([reply.status, reply.json.error?.code, reply.json.error?.param], [status, code, param]);
  }
});

test('another project sees no batch', async () => {
  const { json } = await call('POST', '/v1/batches', { body });
  const id = String(json['id']);
  for (const [method, url] of [
    ['GET', `/v1/batches/${id}`],
    ['POST', `/v1/batches/${id}/cancel`],
    ['GET', `/v1/batches?after=${id}`],
  ] as const) {
    const reply = await call(method, url, { project: 'p2' });
    assert.deepEqual([reply.status, reply.json.error?.code], [404, 'not_found']);
  }
  const list = await call('GET', '/v1/batches', { project: 'p2' });
  assert.deepEqual(list.json, { object: 'list', data: [], first_id: null, last_id: null, has_more: false });
});

test('a list is paged by the last id, the newest first', async () => {
  const made: unknown[] = [];
  for (let count = 0; count < 5; count++) {
    made.unshift((await call('POST', '/v1/batches', { body, project: 'p3' })).json['id']);
  }
  const seen: unknown[] = [];
  let after = '';
  for (let more = true; more;) {
    const { json } = await call('GET', `/v1/batches?limit=2${after}`, { project: 'p3' });
    seen.push(...(json['data'] as { id: string }[]).map(({ id }) => id));
    more = json['has_more'] === true;
    after = `&after=${String(json['last_id'])}`;
  }
  assert.deepEqual(seen, made);
});

test('the same Idempotency-Key makes one batch; with another body it is a conflict that nobody retries', async () => {
  const headers = { 'idempotency-key': 'once' };
  const ids = await Promise.all(
    Array.from({ length: 5 }, async () => (await call('POST', '/v1/batches', { body, headers })).json['id']),
  );
  assert.equal(new Set(ids).size, 1);
  const other = await call('POST', '/v1/batches', { body: { ...body, metadata: { a: 'b' } }, headers });
  assert.deepEqual([other.status, other.json.error?.code], [409, 'conflict']);
  assert.equal(other.headers['x-should-retry'], 'false');
  const elsewhere = await call('POST', '/v1/batches', { body, headers, project: 'p4' });
  assert.ok(!ids.includes(elsewhere.json['id']));
  await database.query("UPDATE conversations.idempotency_keys SET created_at = now() - interval '25 hours'");
  const later = await call('POST', '/v1/batches', { body, headers });
  assert.ok(!ids.includes(later.json['id']));
});

test('a batch that has ended cannot be cancelled', async () => {
  const { json } = await call('POST', '/v1/batches', { body });
  await database.query("UPDATE conversations.batches SET status = 'completed' WHERE id = $1", [String(json['id'])]);
  const reply = await call('POST', `/v1/batches/${String(json['id'])}/cancel`);
  assert.deepEqual([reply.status, reply.json.error?.code], [409, 'conflict']);
});
