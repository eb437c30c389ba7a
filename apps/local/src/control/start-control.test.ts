import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  changeListSchema,
  headers,
  liveEventSchema,
  loadHistorySchema,
  requestDetailSchema,
  requestListSchema,
  serviceStatusSchema,
  statusSchema,
} from '@kumiki/api';
import { fakeRecord } from '@kumiki/control/testing';
import { errorOf } from '@kumiki/testing';
import { type Reply, startFakeControl } from '../testing/fake-control.ts';
import { fakeService } from '../testing/fake-runtime.ts';

test('answers status, services and replicas in the shapes of the contract', async () => {
  await using control = await startFakeControl();
  await control.fake.until('it serves', () => control.fake.endpoints('shop').length === 1);
  const status = statusSchema.parse((await control.call('GET', 'status')).body);
  assert.equal(status.services[0]?.ready, 1);
  const service = serviceStatusSchema.parse((await control.call('GET', 'services/shop')).body);
  assert.equal(service.manifest.metadata.name, 'shop');
  const { body } = await control.call('GET', 'replicas');
  assert.equal((body as { data: unknown[] }).data.length, 1);
});

test('no file and no variable of the machine is read for a manifest or revealed', async () => {
  await using control = await startFakeControl();
  process.env['KUMIKI_TEST_VARIABLE'] = 'hidden';
  const { home } = control.fake.runtime;
  const places = [
    { file: join(home.path, 'admin.key') },
    { file: '/etc/hostname' },
    { file: '/nowhere/at/all' },
    { env: 'KUMIKI_TEST_VARIABLE' },
    { env: 'KUMIKI_TEST_NO_VARIABLE' },
    { secretKeyRef: { name: '../admin.key' } },
    { secretKeyRef: { name: 'vllm', key: '../../admin.key' } },
    { secretKeyRef: { name: 'vllm' } },
  ];
  const messages = [];
  for (const apiKeyFrom of places) {
    const spec = { model: { source: 'https://models.example/v1' }, engine: { kind: 'openai', apiKeyFrom } };
    const manifests = [{ ...fakeService('thief', 'behaves'), spec }];
    const refused = await control.call('POST', 'services', { manifests });
    assert.equal(refused.status, 400);
    messages.push(errorOf(refused).message.replaceAll(/apiKeyFrom\.(file|env)/g, 'apiKeyFrom'));
  }
  delete process.env['KUMIKI_TEST_VARIABLE'];
  assert.equal(new Set(messages.slice(0, 5)).size, 1, 'all are refused in the same words');
  assert.match(messages[0] ?? '', /Register the key with 'kumiki secret set NAME'/);
  assert.match(messages.at(-1) ?? '', /There is no secret 'vllm' here/);
  assert.ok(!control.fake.runtime.routes().models.some(({ model }) => model === 'thief'));
});

test('applies, scales, restarts and deletes', async () => {
  await using control = await startFakeControl();
  const manifests = [fakeService('second', 'behaves'), fakeService('shop', 'behaves')];
  const applied = await control.call('POST', 'services', { manifests });
  assert.deepEqual(applied.body, {
    object: 'list',
    data: [
      { name: 'second', change: 'created' },
      { name: 'shop', change: 'unchanged' },
    ],
  });
  const scaled = await control.call('POST', 'services/shop/scale', { replicas: 0 });
  assert.equal(serviceStatusSchema.parse(scaled.body).desired, 0);
  assert.equal((await control.call('POST', 'services/shop/restart', {})).status, 200);
  assert.deepEqual((await control.call('DELETE', 'services/second')).body, {
    object: 'kumiki.service.deleted',
    name: 'second',
    deleted: true,
  });
});

test('refuses in the one error envelope, with what would pass', async () => {
  await using control = await startFakeControl();
  const cases: readonly [string, string, unknown, number, string, RegExp][] = [
    ['GET', 'services/shpo', undefined, 404, 'not_found', /Did you mean 'shop'\?/],
    ['GET', 'nothing', undefined, 404, 'unknown_route', /GET \/v1\/kumiki\/nothing/],
    ['POST', 'nothing', { any: 1 }, 404, 'unknown_route', /POST \/v1\/kumiki\/nothing/],
    ['POST', 'services/shop/scale', { replicas: -1 }, 400, 'invalid_value', /'replicas' is not valid: .*at least 0/],
    ['POST', 'services/shop/scale', { replica: 1 }, 400, 'invalid_value', /Did you mean 'replicas'/],
    [
      'POST',
      'services',
      { manifests: [{ kind: 'ModelService' }] },
      400,
      'manifest_invalid',
      /manifests\[0\]\.spec: is missing/,
    ],
    ['GET', 'replicas/..%2F..%2Fpepper/logs', undefined, 404, 'not_found', /no object/],
    ['GET', 'replicas/shop/logs?tial=3', undefined, 400, 'invalid_value', /tail/],
  ];
  for (const [method, path, body, status, code, message] of cases) {
    const reply = await control.call(method, path, body);
    assert.equal(reply.status, status, path);
    assert.equal(errorOf(reply).code, code);
    assert.match(errorOf(reply).message, message);
  }
});

test('refuses bodies that are no JSON, of another type, or too large, and callers without the token', async () => {
  await using control = await startFakeControl();
  const post = async (body: string, headers: Record<string, string>): Promise<Reply> => {
    const response = await control.fetch('/v1/kumiki/services', { method: 'POST', body, headers });
    return { status: response.status, body: await response.json() };
  };
  const json = { 'content-type': 'application/json' };
  assert.equal(errorOf(await post('{"manifests":', json)).code, 'invalid_json');
  assert.equal(errorOf(await post('a=b', { 'content-type': 'text/csv' })).code, 'unsupported_media_type');
  assert.equal((await post(`"${'x'.repeat(4_200_000)}"`, json)).status, 413);
  assert.equal((await post('{}', { ...json, authorization: 'Bearer wrong' })).status, 401);
});

test('tells the last lines of a log, and with follow those that come', async () => {
  await using control = await startFakeControl();
  const { fake } = control;
  await fake.until('it serves', () => fake.endpoints('shop').length === 1);
  const [replica] = fake.runtime.service('shop').replicas;
  assert.ok(replica?.pid);
  const tail = await control.fetch(`/v1/kumiki/replicas/${replica.id}/logs?tail=2`);
  assert.match(await tail.text(), /^fake worker of shop\n\[/);
  const follow = await control.fetch(`/v1/kumiki/replicas/${replica.id}/logs?tail=0&follow=true`);
  process.kill(replica.pid, 'SIGKILL');
  const decoder = new TextDecoder();
  let seen = '';
  for await (const chunk of follow.body ?? []) {
    seen += decoder.decode(chunk);
    if (seen.includes('data: fake worker of shop\n\n')) break;
  }
  assert.match(seen, /^(: ping\n\n)+data: fake worker of shop\n\n/);
});

test('a log that is followed ends in good order when it is told to, and its replica goes on writing', async () => {
  await using control = await startFakeControl();
  const { fake } = control;
  await fake.until('it serves', () => fake.endpoints('shop').length === 1);
  const [replica] = fake.runtime.service('shop').replicas;
  assert.ok(replica?.pid);
  const follow = await control.fetch(`/v1/kumiki/replicas/${replica.id}/logs?tail=1&follow=true`);
  control.endFollowing();
  assert.match(await follow.text(), /^: ping\n\ndata: \[.*\]\n\n$/);
  process.kill(replica.pid, 'SIGKILL');
  await fake.until('it writes again', () => fake.endpoints('shop').includes(`${replica.id}.1`));
});

test('tells requests, load and changes in the shapes of the contract, and who changed what', async () => {
  await using control = await startFakeControl();
  const { fake, gateway } = control;
  await fake.until('it serves', () => fake.endpoints('shop').length === 1);
  gateway.records.push(fakeRecord());
  assert.equal(requestListSchema.parse((await control.call('GET', 'requests?limit=5')).body).data[0]?.id, 'req_1');
  assert.equal(requestDetailSchema.parse((await control.call('GET', 'requests/req_1')).body).trace.length, 1);
  assert.equal(errorOf(await control.call('GET', 'requests/req_2')).code, 'not_found');
  assert.equal(errorOf(await control.call('GET', 'requests?outcome=good')).code, 'invalid_value');
  assert.equal(errorOf(await control.call('GET', 'requests?limit=1000')).code, 'invalid_value');
  loadHistorySchema.parse((await control.call('GET', 'load')).body);
  control.keyNames.set('key_boss', 'the boss');
  await control.fetch('/v1/kumiki/services/shop/scale', {
    method: 'POST',
    body: '{"replicas":2}',
    headers: { 'content-type': 'application/json', [headers.key]: 'key_boss' },
  });
  const changes = changeListSchema.parse((await control.call('GET', 'changes')).body).data;
  const scaled = changes.find(({ kind }) => kind === 'service.scaled');
  assert.deepEqual([scaled?.subject, scaled?.params, scaled?.by], ['shop', { from: 1, to: 2 }, 'the boss']);
  assert.ok(changes.some(({ kind, by }) => kind === 'replica.ready' && by === null));
});

test('the live stream tells of replicas, requests and changes, and ends when it is told to', async () => {
  await using control = await startFakeControl();
  const { fake, gateway } = control;
  control.keyNames.set('key_boss', 'the boss');
  const response = await control.fetch('/v1/kumiki/live', { headers: { [headers.key]: 'key_boss' } });
  assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
  const seen: string[] = [];
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const frames = text.split('\n\n');
    text = frames.pop() ?? '';
    for (const frame of frames) {
      const event = liveEventSchema.parse(JSON.parse(frame.slice('data: '.length)));
      seen.push(event.type === 'change' ? event.change.kind : event.type);
    }
    if (seen.includes('replica.ready') && !seen.includes('request')) gateway.moves(fakeRecord());
    if (seen.includes('request')) control.endFollowing();
  }
  assert.deepEqual(seen.slice(0, 2), ['status', 'load']);
  assert.ok(seen.includes('request'));
  assert.equal(gateway.subscribers(), 0);
  assert.equal(fake.endpoints('shop').length, 1);
});
