import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { until } from '@kumiki/testing';
import { modelServiceObject, podObject, tokenSecretObject } from './testing/cluster-objects.ts';
import { base, startTestCluster } from './testing/followed-cluster.ts';

/** For a busy machine; a change is there within milliseconds. */
const limitMs = 20_000;

test('what the cluster has is routed to, beside what other ways tell', async (context) => {
  const cluster = await startTestCluster(context);
  cluster.serve('chat', 'chat-1', 'chat-2');
  const { routes, endpoints, model } = await cluster.follow();
  assert.deepEqual(endpoints('chat'), ['chat-1 ready', 'chat-2 ready']);
  assert.equal(model('chat')?.endpoints[0]?.authorization, 'Bearer token-of-chat');
  assert.deepEqual(routes.current().backends, base.backends);
});

test('a pod that is told to end drains, and is gone when it is', async (context) => {
  const cluster = await startTestCluster(context);
  cluster.serve('chat', 'chat-1', 'chat-2');
  const { endpoints } = await cluster.follow();
  cluster.model.of('pods').putObject(podObject('chat-1', 'chat', { deleting: true }));
  await until('it drains', limitMs, () => endpoints('chat')?.includes('chat-1 draining') === true);
  cluster.model.of('pods').remove('chat-1');
  await until('it is gone', limitMs, () => endpoints('chat')?.join() === 'chat-2 ready');
  cluster.model.of('pods').remove('chat-2');
  await until('the model has none, and is known', limitMs, () => endpoints('chat')?.length === 0);
  cluster.model.of('modelservices').remove('chat');
  await until('the model is unknown', limitMs, () => endpoints('chat') === null);
});

test('a removal that no watch has sent is noticed by the next list', async (context) => {
  const cluster = await startTestCluster(context);
  cluster.serve('chat', 'chat-1', 'chat-2');
  const { endpoints } = await cluster.follow({ relistPodsMs: 300 });
  cluster.model.of('pods').loseRemovals(true);
  cluster.model.of('pods').remove('chat-1');
  await until('it is gone', limitMs, () => endpoints('chat')?.join() === 'chat-2 ready');
});

test('before that list a pod with the address of the lost one is asked for itself alone', async (context) => {
  const cluster = await startTestCluster(context);
  cluster.serve('chat', 'chat-1');
  cluster.serve('other');
  const { endpoints, model } = await cluster.follow();
  const address = new URL(model('chat')?.endpoints[0]?.url ?? '').hostname;
  cluster.model.of('pods').loseRemovals(true);
  cluster.model.of('pods').remove('chat-1');
  cluster.model.of('pods').putObject(podObject('other-1', 'other', { address, created: 2_500 }));
  await until('the young one has the address', limitMs, () => endpoints('other')?.join() === 'other-1 ready');
  assert.deepEqual(endpoints('chat'), []);
});

test('lists that fail after a 410 take nothing away', async (context) => {
  const cluster = await startTestCluster(context);
  cluster.serve('chat', 'chat-1');
  const { endpoints, told } = await cluster.follow();
  const pods = cluster.model.of('pods');
  pods.compact();
  cluster.model.failNext(40, 503);
  pods.expire();
  pods.putObject(podObject('chat-2', 'chat'));
  await until('the new pod is there', limitMs, () => endpoints('chat')?.join() === 'chat-1 ready,chat-2 ready');
  for (const { models } of told) assert.ok(models[0]?.endpoints.some(({ id }) => id === 'chat-1'));
});

test('while the API server is away everything goes on with what was seen last, and its age is told', async (context) => {
  const cluster = await startTestCluster(context);
  cluster.serve('chat', 'chat-1');
  const { routes, endpoints } = await cluster.follow();
  const ageOf = (): number => cluster.health.states().find(({ name }) => name === 'cluster')?.ageSeconds ?? 0;
  cluster.model.setAway(true);
  cluster.model.of('pods').putObject(podObject('chat-2', 'chat'));
  const before = ageOf();
  await until('it is older', limitMs, () => ageOf() > before + 0.2);
  assert.equal(cluster.health.notReady(), null, 'an API server that is away is no reason to send nobody here');
  routes.replaceBase({ ...base, backends: [] });
  await until('other ways are heard', limitMs, () => routes.current().backends.length === 0);
  assert.deepEqual(endpoints('chat'), ['chat-1 ready']);
  cluster.model.setAway(false);
  await until('it follows again', limitMs, () => endpoints('chat')?.length === 2);
});

test('what was seen last is kept, and a later start needs no API server', async (context) => {
  const cluster = await startTestCluster(context);
  cluster.serve('chat', 'chat-1');
  const first = await cluster.follow();
  const models = first.routes.current().models;
  await until('it is kept', limitMs, () => existsSync(cluster.keptFile) && readFileSync(cluster.keptFile).length > 0);
  assert.equal(statSync(cluster.keptFile).mode & 0o077, 0, 'tokens are for this user alone');
  first.routes.close();
  cluster.model.setAway(true);
  const second = await cluster.follow();
  assert.deepEqual(second.routes.current().models, models);
  assert.deepEqual(second.routes.current().backends, base.backends);
  assert.equal(cluster.health.notReady(), null);
  cluster.model.of('pods').putObject(podObject('chat-2', 'chat'));
  cluster.model.setAway(false);
  await until('it follows', limitMs, () => second.endpoints('chat')?.join() === 'chat-1 ready,chat-2 ready');
});

test('after a restart no endpoint is lost while its token is not read again', async (context) => {
  const cluster = await startTestCluster(context);
  cluster.serve('chat', 'chat-1');
  const first = await cluster.follow();
  await until('it is kept', limitMs, () => existsSync(cluster.keptFile));
  first.routes.close();
  cluster.model.refuse('secrets', 403);
  const second = await cluster.follow();
  cluster.model.of('modelservices').putObject(modelServiceObject('more'));
  await until('it follows', limitMs, () => second.endpoints('more') !== null);
  assert.deepEqual(second.endpoints('chat'), ['chat-1 ready']);
  assert.equal(second.model('chat')?.endpoints[0]?.authorization, 'Bearer token-of-chat');
});

test('a gateway without anything to start with ends when the API server does not answer', async (context) => {
  const cluster = await startTestCluster(context);
  cluster.model.setAway(true);
  await assert.rejects(cluster.follow({ firstWaitMs: 200 }), { code: 'service_unavailable' });
});

test('a ModelService with the name of another takes nothing from it, nor does one that cannot be read', async (context) => {
  const cluster = await startTestCluster(context);
  cluster.serve('chat', 'chat-1');
  cluster.serve('thief', 'thief-1');
  const { endpoints, model, routes } = await cluster.follow();
  const services = cluster.model.of('modelservices');
  const stolen = { model: { source: 'simulated:', name: 'chat', aliases: ['mine'] } };
  services.putObject(modelServiceObject('thief', { created: 2_000, spec: stolen }));
  await until('it has no name any more', limitMs, () => model('thief') === undefined);
  assert.deepEqual(endpoints('chat'), ['chat-1 ready']);
  assert.equal(routes.current().models.length, 1);
  services.putObject(modelServiceObject('chat', { spec: { fieldOfTomorrow: true } }));
  services.putObject(modelServiceObject('later'));
  await until('what came after it is there', limitMs, () => model('later') !== undefined);
  assert.deepEqual(endpoints('chat'), ['chat-1 ready'], 'what was understood of it before stays');
});

test('the token is that of the Secret which the service owns, and a pod waits for it', async (context) => {
  const cluster = await startTestCluster(context);
  const secrets = cluster.model.of('secrets');
  cluster.model.of('modelservices').putObject(modelServiceObject('chat'));
  cluster.model.of('pods').putObject(podObject('chat-1', 'chat'));
  secrets.putObject(tokenSecretObject('chat', 'old', 'uid-of-another'));
  const { endpoints, model } = await cluster.follow();
  assert.deepEqual(endpoints('chat'), []);
  secrets.putObject(tokenSecretObject('chat', 'new'));
  await until('it has its token', limitMs, () => endpoints('chat')?.length === 1);
  assert.equal(model('chat')?.endpoints[0]?.authorization, 'Bearer new');
});

test('servers outside are routed to with the key of the Secret that the manifest names', async (context) => {
  const cluster = await startTestCluster(context);
  const engine = { kind: 'openai', endpoints: [], apiKeyFrom: { secretKeyRef: { name: 'theirs' } } };
  const spec = { model: { source: 'https://far.example/v1' }, engine };
  cluster.model.of('modelservices').putObject(modelServiceObject('far', { spec }));
  const { endpoints, model } = await cluster.follow();
  assert.deepEqual(endpoints('far'), []);
  const secret = (data: Record<string, string>) =>
    cluster.model
      .of('secrets')
      .putObject({ ...tokenSecretObject('far'), metadata: { name: 'theirs', namespace: 'test' }, data });
  secret({ 'api-key': Buffer.from('key\n').toString('base64') });
  await until('it has its key', limitMs, () => endpoints('far')?.length === 1);
  const [endpoint] = model('far')?.endpoints ?? [];
  assert.deepEqual([endpoint?.authorization, endpoint?.egress], ['Bearer key', 'outside']);
});

test('a worker is asked for its places before the first table', async (context) => {
  const server = createServer((_request, response) => void response.end('{"max_running":4,"max_waiting":8}'));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  context.after(() => server.close());
  const opsPort = (server.address() as AddressInfo).port;
  const cluster = await startTestCluster(context);
  cluster.serve('chat');
  cluster.model.of('pods').putObject(podObject('chat-1', 'chat', { address: '127.0.0.1', opsPort }));
  const { model } = await cluster.follow();
  const [endpoint] = model('chat')?.endpoints ?? [];
  assert.deepEqual([endpoint?.maxInFlight, endpoint?.maxRunning], [12, 4]);
  assert.equal(endpoint?.healthUrl, `http://127.0.0.1:${opsPort}`);
});
