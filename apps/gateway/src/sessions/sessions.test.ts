import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { BackendRoute } from '@kumiki/api';
import { startTestGateway, type TestGateway } from '../testing/test-gateway.ts';

/** A service that keeps the headers of what reached it. */
async function startService(context: TestContext): Promise<{ url: string; received: IncomingHttpHeaders[] }> {
  const received: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    received.push(request.headers);
    response.setHeader('content-type', 'text/html').end('<script>alert(1)</script>');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

const route = (url: string, change: Partial<BackendRoute> = {}): BackendRoute => ({
  prefix: '/v1/files',
  urls: [url],
  authorization: 'Bearer token',
  role: 'inference',
  ...change,
});

async function send(
  { origin }: TestGateway,
  method: string,
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; code: string | null; headers: Headers }> {
  const response = await fetch(origin + path, { method, headers });
  const text = await response.text();
  const isError = response.headers.get('content-type') === 'application/json' && !response.ok;
  const code = isError ? (JSON.parse(text) as { error: { code: string } }).error.code : null;
  return { status: response.status, code, headers: response.headers };
}

const ownPage = { 'sec-fetch-site': 'same-origin' };

test('a session acts as its key, on own paths and behind the gateway, and its cookie goes no further', async (context) => {
  const service = await startService(context);
  const gateway = await startTestGateway(context, []);
  gateway.routeBackend(service.url);
  const cookie = `theme=dark; ${gateway.signIn()}; other=1`;
  assert.equal((await send(gateway, 'GET', '/v1/models', { cookie })).status, 200);
  const reply = await send(gateway, 'POST', '/v1/files', { cookie, ...ownPage, 'x-kumiki-session': 'forged' });
  assert.equal(reply.status, 200);
  const [headers] = service.received;
  assert.deepEqual(
    ['x-kumiki-key', 'x-kumiki-project', 'x-kumiki-session', 'authorization', 'cookie'].map((name) => headers?.[name]),
    ['key_test', 'default', 'session_1', 'Bearer token', undefined],
  );
  assert.match(reply.headers.get('content-security-policy') ?? '', /sandbox/);
  assert.equal(reply.headers.get('x-content-type-options'), 'nosniff');
  assert.ok(Math.abs((gateway.gateway.sessionsLastUsed().get('session_1') ?? 0) - Date.now() / 1_000) < 60);
  gateway.signOut();
  assert.deepEqual(await codeOf(gateway, cookie), [401, 'invalid_session']);
  assert.equal(gateway.gateway.sessionsLastUsed().get('session_1'), undefined);
});

const codeOf = async (gateway: TestGateway, cookie: string): Promise<[number, string | null]> => {
  const { status, code } = await send(gateway, 'GET', '/v1/models', { cookie });
  return [status, code];
};

test('a cookie that is expired, forged, doubled or of a key that is gone lets nobody in', async (context) => {
  const gateway = await startTestGateway(context, []);
  assert.deepEqual(await codeOf(gateway, gateway.signIn({ expiresAt: 1 })), [401, 'invalid_session']);
  assert.deepEqual(await codeOf(gateway, gateway.signIn({ keyId: 'key_expired' })), [401, 'invalid_session']);
  assert.deepEqual(await codeOf(gateway, gateway.signIn({ keyId: 'key_none' })), [401, 'invalid_session']);
  assert.deepEqual(await codeOf(gateway, gateway.signIn({ keyId: 'key_service' })), [401, 'invalid_session']);
  const cookie = gateway.signIn();
  const [name] = cookie.split('=');
  for (const wrong of [
    `${name}=${'x'.repeat(43)}`,
    `${name}=`,
    `${name}=${gateway.apiKey}`,
    `${name}=${'x'.repeat(9_000)}`,
    `${cookie}; ${name}=other`,
  ]) {
    assert.deepEqual(await codeOf(gateway, wrong), [401, 'invalid_session'], wrong.slice(0, 80));
  }
  assert.deepEqual(await codeOf(gateway, `x${cookie}`), [401, 'invalid_api_key']);
  const { status } = await send(gateway, 'GET', '/v1/models', { cookie: `${cookie}; filler=${'x'.repeat(70_000)}` });
  assert.equal(status, 431);
});

test('where there is an Authorization header, the cookie does not count', async (context) => {
  const gateway = await startTestGateway(context, []);
  const cookie = gateway.signIn();
  const reply = (authorization: string, more = {}) =>
    send(gateway, 'GET', '/v1/models', { cookie, authorization, ...more });
  assert.equal((await reply('Bearer wrong')).code, 'invalid_api_key');
  assert.equal((await reply('')).code, 'invalid_api_key');
  const good = await reply(`Bearer ${gateway.apiKey}`, { 'sec-fetch-site': 'cross-site' });
  assert.deepEqual([good.status, good.headers.get('content-security-policy')], [200, null]);
});

test('a change is made only by a page of the very origin; another site may not even read', async (context) => {
  const service = await startService(context);
  const gateway = await startTestGateway(context, []);
  gateway.routeBackend(service.url);
  const cookie = gateway.signIn();
  const port = new URL(gateway.origin).port;
  const cases: readonly [string, Record<string, string>, number][] = [
    ['POST', { 'sec-fetch-site': 'same-origin' }, 200],
    ['POST', { 'sec-fetch-site': 'same-site' }, 403],
    ['POST', { 'sec-fetch-site': 'cross-site', origin: gateway.origin }, 403],
    ['POST', { 'sec-fetch-site': 'none' }, 403],
    ['POST', {}, 403],
    ['POST', { origin: gateway.origin }, 200],
    ['DELETE', { origin: `http://127.0.0.1:${Number(port) + 1}` }, 403],
    ['DELETE', { origin: 'null' }, 403],
    ['GET', {}, 200],
    ['GET', { 'sec-fetch-site': 'none' }, 200],
    ['GET', { 'sec-fetch-site': 'same-site' }, 403],
    ['GET', { origin: 'https://evil.example' }, 403],
  ];
  for (const [method, headers, expected] of cases) {
    const { status, code } = await send(gateway, method, '/v1/files', { cookie, ...headers });
    assert.equal(status, expected, `${method} ${JSON.stringify(headers)}`);
    if (expected === 403) assert.equal(code, 'cross_site_request');
  }
});

test('a public path asks nobody and names nobody, whatever cookie comes along', async (context) => {
  const service = await startService(context);
  const gateway = await startTestGateway(context, []);
  gateway.routeBackends([
    route(service.url, { prefix: '/', role: null, methods: ['GET', 'HEAD'] }),
    route(service.url, { prefix: '/v1/kumiki/session', role: 'any' }),
    route(service.url, { prefix: '/v1/kumiki/session', role: null, methods: ['POST'] }),
  ]);
  const stale = { cookie: gateway.signIn({ expiresAt: 1 }), authorization: 'Bearer wrong', 'x-kumiki-key': 'forged' };
  for (const path of ['/', '/chat/1', '/index.html', '/v2/models']) {
    assert.equal((await send(gateway, 'GET', path, { ...stale, 'sec-fetch-site': 'cross-site' })).status, 200, path);
  }
  assert.equal((await send(gateway, 'POST', '/v1/kumiki/session', stale)).status, 200);
  for (const headers of service.received) {
    assert.deepEqual(
      ['x-kumiki-key', 'x-kumiki-project', 'x-kumiki-session', 'cookie'].map((name) => headers[name]),
      [undefined, undefined, undefined, undefined],
    );
  }
  const foreign = await send(gateway, 'POST', '/v1/kumiki/session', { origin: 'https://evil.example' });
  assert.equal(foreign.code, 'cross_site_request', 'nobody is signed in by another site');
  assert.equal((await send(gateway, 'GET', '/v1/kumiki/session', {})).code, 'invalid_api_key');
});

test('what is under /v1 and nobody has stays unknown beside a page for all the rest', async (context) => {
  const service = await startService(context);
  const gateway = await startTestGateway(context, []);
  gateway.routeBackends([route(service.url, { prefix: '/', role: null, methods: ['GET', 'HEAD'] })]);
  assert.equal((await send(gateway, 'GET', '/v1/chat/completion', {})).code, 'unknown_route');
  assert.equal((await send(gateway, 'GET', '/v1', {})).code, 'unknown_route');
  assert.equal((await send(gateway, 'HEAD', '/', {})).status, 200);
  const posted = await fetch(`${gateway.origin}/chat/completions`, { method: 'POST', body: '{}' });
  assert.equal(posted.status, 405);
  assert.match(await posted.text(), /Use GET or HEAD\. Did you mean '\/v1\/chat\/completions'/);
});
