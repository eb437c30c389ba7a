import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Endpoint, ModelRoute } from '@kumiki/api';
import { noteSeen } from './endpoint-record.ts';
import { isEligible } from './endpoint-state.ts';
import { createRouteIndex } from './route-index.ts';

const endpoint = (id: string, url = `http://127.0.0.1/${id}`): Endpoint => ({
  id,
  url,
  authorization: null,
  upstreamModel: null,
  revision: 'r1',
  state: 'ready',
  continuation: 'token_ids',
  maxInFlight: 4,
  egress: 'internal',
  healthProbe: false,
});
const route = (model: string, aliases: string[], ...endpoints: Endpoint[]): ModelRoute => ({
  model,
  aliases,
  task: 'chat',
  service: model,
  created: 0,
  deadlines: { connectMs: 1, headersMs: 1, firstTokenMs: 1, betweenTokensMs: 1, totalMs: 1 },
  endpoints,
});

test('what is known of an endpoint survives a new snapshot, and is dropped when its address changes', () => {
  const index = createRouteIndex({ models: [route('m', [], endpoint('a'))], backends: [] });
  const before = index.find('m')!.endpoints[0]!;
  before.inFlight = 3;
  noteSeen(before, 'gone', 0);
  index.replace({ models: [route('m', [], { ...endpoint('a'), state: 'draining' }, endpoint('b'))], backends: [] });
  const [a, b] = index.find('m')!.endpoints;
  assert.equal(a!.inFlight, 3);
  assert.equal(isEligible(a!, 1e9), false, 'draining');
  assert.ok(isEligible(b!, 0));
  index.replace({ models: [route('m', [], endpoint('a', 'http://127.0.0.1/moved'))], backends: [] });
  assert.equal(index.find('m')!.endpoints[0]!.inFlight, 0);
});

test('a canonical name wins over an alias, and the longest prefix of backends comes first', () => {
  const index = createRouteIndex({
    models: [route('a', []), route('b', ['a', 'c'])],
    backends: [
      { prefix: '/v1', urls: ['http://short'], authorization: null, role: 'admin' },
      { prefix: '/v1/kumiki/', urls: ['http://long'], authorization: null, role: 'admin' },
    ],
  });
  assert.equal(index.find('a')?.route.model, 'a');
  assert.equal(index.find('c')?.route.model, 'b');
  assert.equal(index.find('toString'), null);
  assert.deepEqual(
    index.backends().map(({ route: { prefix } }) => prefix),
    ['/v1/kumiki', '/v1'],
  );
});

test('subscribers hear of every new snapshot until they leave', () => {
  const index = createRouteIndex({ models: [], backends: [] });
  let heard = 0;
  const leave = index.onChange(() => heard++);
  index.replace({ models: [], backends: [] });
  leave();
  index.replace({ models: [], backends: [] });
  assert.equal(heard, 1);
});
