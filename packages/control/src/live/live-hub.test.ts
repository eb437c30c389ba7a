import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { mock, test, type TestContext } from 'node:test';
import { liveEventSchema, type LiveEvent, type Status } from '@kumiki/api';
import { createChangeLog } from '../changes/change-log.ts';
import { mergeLoads } from '../gateways/merge-answers.ts';
import { buildLoad } from '../load/build-load.ts';
import { fakeGateway, fakeRecord } from '../testing/fake-gateway.ts';
import { createLiveHub } from './live-hub.ts';

/** A hub with a mock clock. */
function startHub(context: TestContext) {
  context.after(() => mock.timers.reset());
  mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
  const gateway = fakeGateway();
  const changes = createChangeLog(() => 1_000);
  let started = 1;
  const status = (): Status => ({
    object: 'kumiki.status',
    version: '1',
    url: '',
    home: '',
    pid: 1,
    started_at: started,
    services: [],
    data_services: [],
  });
  const hub = createLiveHub({
    status,
    load: () => buildLoad(1_000, mergeLoads([], []), []),
    onRequest: gateway.subscribe,
    onChange: changes.subscribe,
    now: () => 1_000,
  });
  context.after(hub.end);
  const moveStatus = (): void => {
    started++;
    hub.statusMoved();
  };
  return { hub, gateway, changes, moveStatus };
}

/** The buffered events. */
function eventsOf(stream: Readable): LiveEvent[] {
  const text = String(stream.read() ?? '');
  return text
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map((frame) => liveEventSchema.parse(JSON.parse(frame.replace(/^data: /, ''))));
}

const always = (): boolean => true;

const kindsOf = (stream: Readable): string[] => eventsOf(stream).map(({ type }) => type);

test('a stream begins with status and load, and goes on with signs of life', (context) => {
  const { hub } = startHub(context);
  const stream = hub.join(always);
  assert.deepEqual(kindsOf(stream), ['status', 'load']);
  mock.timers.tick(5_000);
  const kinds = kindsOf(stream);
  assert.equal(kinds.filter((kind) => kind === 'ping').length, 1);
  assert.equal(kinds.filter((kind) => kind === 'load').length, 5);
});

test('a request that moves often is told as it is now, once in a while; a change at once', (context) => {
  const { hub, gateway, changes } = startHub(context);
  const stream = hub.join(always);
  eventsOf(stream);
  const record = fakeRecord();
  for (const tokens of [1, 2, 3]) gateway.moves(Object.assign(record, { completion_tokens: tokens }));
  changes.add({ kind: 'service.removed', subject: 'shop', by: 'me' });
  assert.deepEqual(kindsOf(stream), ['change']);
  mock.timers.tick(250);
  const [event, ...more] = eventsOf(stream);
  assert.equal(more.length, 0);
  assert.equal(event?.type === 'request' && event.request.completion_tokens, 3);
});

test('a status that moves often is told seldom, and not when it is the same', (context) => {
  const { hub, moveStatus } = startHub(context);
  const stream = hub.join(always);
  eventsOf(stream);
  for (let at = 0; at < 10; at++) moveStatus();
  mock.timers.tick(500);
  assert.deepEqual(
    kindsOf(stream).filter((kind) => kind === 'status'),
    ['status'],
  );
  hub.statusMoved();
  mock.timers.tick(500);
  assert.deepEqual(
    kindsOf(stream).filter((kind) => kind === 'status'),
    [],
  );
});

test('a reader that does not read is cut off, the others read on', async (context) => {
  const { hub, changes } = startHub(context);
  const [slow, quick] = [hub.join(always), hub.join(always)];
  const cut = once(slow, 'close');
  const params = { name: 'x'.repeat(10_000), project: 'p' };
  for (let at = 0; at < 200 && !slow.destroyed; at++) {
    changes.add({ kind: 'key.created', subject: 'key', params, by: null });
    eventsOf(quick);
  }
  await cut;
  assert.equal(quick.destroyed, false);
  changes.add({ kind: 'service.removed', subject: 'shop', by: null });
  assert.deepEqual(kindsOf(quick), ['change']);
});

test('without readers nothing is asked of the gateway, and streams end whole when they are told to', async (context) => {
  const { hub, gateway } = startHub(context);
  assert.equal(gateway.subscribers(), 0);
  const [first, second] = [hub.join(always), hub.join(always)];
  assert.equal(gateway.subscribers(), 1);
  const left = once(first, 'close');
  first.destroy();
  await left;
  assert.equal(gateway.subscribers(), 1);
  hub.end();
  assert.equal(gateway.subscribers(), 0);
  eventsOf(second);
  const ended = once(second, 'end');
  second.resume();
  await ended;
});

test('more readers than there is room for are refused', (context) => {
  const { hub } = startHub(context);
  for (let at = 0; at < 64; at++) hub.join(always);
  assert.throws(() => hub.join(always), { code: 'service_unavailable' });
});

test('a reader whose key is revoked is cut off with the next ping', async (context) => {
  const { hub } = startHub(context);
  let allowed = true;
  const stream = hub.join(() => allowed);
  mock.timers.tick(5_000);
  assert.ok(kindsOf(stream).includes('ping'));
  allowed = false;
  const cut = once(stream, 'close');
  mock.timers.tick(5_000);
  await cut;
});

test('who does not read is not waited for when streams end', async (context) => {
  const { hub, changes } = startHub(context);
  const stream = hub.join(always);
  const params = { name: 'x'.repeat(10_000), project: 'p' };
  for (let at = 0; at < 20; at++) changes.add({ kind: 'key.created', subject: 'key', params, by: null });
  const cut = once(stream, 'close');
  hub.end();
  await cut;
});
