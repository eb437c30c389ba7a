import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allPaths, type BackendRoute, KumikiError, prefixesOf } from '@kumiki/api';
import { createKeyLimiter } from './limits/key-limiter.ts';
import { createRouteIndex } from './routing/route-index.ts';
import { createServedPaths, takesMethod } from './served-paths.ts';
import { createProjectLimitsStore } from './snapshot/project-limits-store.ts';

const at = { urls: ['http://127.0.0.1:1'], authorization: null } as const;
const never = () => Promise.reject(new Error('nothing is served here'));

function open(backends: readonly BackendRoute[]) {
  const routes = createRouteIndex({ models: [], backends });
  const facts = { limiter: createKeyLimiter(() => 0), projectLimits: createProjectLimitsStore([]) };
  return { routes, paths: createServedPaths({ ...facts, routes, serveModel: never, forward: never }) };
}

function refusal(act: () => unknown): KumikiError {
  try {
    act();
  } catch (error) {
    if (error instanceof KumikiError) return error;
  }
  return assert.fail('it was not refused');
}

test('every row of the table of paths finds its role, and its own label', () => {
  const services = ['conversations', 'search', 'accounts', 'control'] as const;
  const { paths } = open([
    ...services.flatMap((owner) => prefixesOf(owner).map((prefix): BackendRoute => ({ ...at, ...prefix }))),
    { ...at, prefix: '/v1/kumiki/session', role: 'any', methods: ['GET', 'DELETE'] },
    { ...at, prefix: '/v1/kumiki/session', role: null, methods: ['POST'] },
    { ...at, prefix: '/', role: null, methods: ['GET', 'HEAD'] },
  ]);
  for (const { method, pattern, sample, owner, role } of allPaths) {
    const group = paths.find(sample);
    const served = paths.require(group, method, sample);
    assert.ok(takesMethod(served, method), pattern);
    assert.equal(served.kind === 'service', owner !== 'gateway', pattern);
    if (pattern !== '/v1/kumiki/session') assert.equal(served.role, role, `${method} ${pattern}`);
    assert.ok(group !== null && (pattern === group.label || pattern.startsWith(group.label)), group?.label);
  }
});

test('the longest prefix that covers a path by whole segments has it', () => {
  const { paths } = open([
    { ...at, prefix: '/v1', role: 'admin' },
    { ...at, prefix: '/v1/kumiki/', role: 'admin' },
  ]);
  const labelOf = (path: string): string | undefined => paths.find(path)?.label;
  assert.equal(labelOf('/v1/kumiki/status'), '/v1/kumiki');
  assert.equal(labelOf('/v1/kumiki'), '/v1/kumiki');
  assert.equal(labelOf('/v1/kumikistatus'), '/v1');
  assert.equal(labelOf('/v1/models/a/b'), '/v1/models');
  assert.equal(labelOf('/v1/modelsandmore'), '/v1');
  assert.equal(labelOf('/v1s'), undefined);
  assert.equal(labelOf('/x'), undefined);
});

test('what has all the rest does not have what is under /v1', () => {
  const { paths } = open([{ ...at, prefix: '/', role: null, methods: ['GET'] }]);
  assert.equal(paths.find('/anything')?.label, '/');
  assert.equal(paths.find('/v1'), null);
  assert.equal(paths.find('/v1/anything'), null);
});

test('of one prefix, the row that names the method goes before the one that takes all', () => {
  const { paths } = open([
    { ...at, prefix: '/v1/files', role: 'admin' },
    { ...at, prefix: '/v1/files', role: 'inference', methods: ['GET'] },
  ]);
  const group = paths.find('/v1/files');
  assert.equal(paths.require(group, 'GET', '/v1/files').role, 'inference');
  assert.equal(paths.require(group, 'POST', '/v1/files').role, 'admin');
});

test('a refusal names what is there: the near path, and the methods', () => {
  const { paths } = open([
    { ...at, prefix: '/v1/files', role: 'inference', methods: ['GET', 'POST'] },
    { ...at, prefix: '/', role: null, methods: ['GET'] },
  ]);
  const ask = (method: string, path: string) => paths.require(paths.find(path), method, path);
  const unknown = refusal(() => ask('POST', '/v1/chat/completion'));
  assert.deepEqual(
    [unknown.code, /Did you mean '(.*)'/.exec(unknown.message)?.[1]],
    ['unknown_route', '/v1/chat/completions'],
  );
  const wrong = refusal(() => ask('PUT', '/v1/files'));
  assert.equal(wrong.code, 'method_not_allowed');
  assert.match(wrong.message, /Use GET or POST\./);
  assert.doesNotMatch(refusal(() => ask('POST', '/')).message, /Did you mean/);
  const own = ask('PUT', '/v1/models');
  assert.equal(takesMethod(own, 'PUT'), false, 'it is refused once the key is known');
  assert.match(paths.refuse(paths.find('/v1/models'), 'PUT', '/v1/models').message, /Use GET\.$/);
});

test('a new snapshot counts from the next request on', () => {
  const { routes, paths } = open([]);
  assert.equal(paths.find('/v1/files'), null);
  routes.replace({ models: [], backends: [{ ...at, prefix: '/v1/files', role: 'any' }] });
  assert.equal(paths.find('/v1/files')?.label, '/v1/files');
  routes.replace({ models: [], backends: [] });
  assert.equal(paths.find('/v1/files'), null);
});
