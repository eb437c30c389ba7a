import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { beginStream, chatFrame, startScriptedUpstream } from '../testing/scripted-upstream.ts';
import { startTestGateway, type TestGateway } from '../testing/test-gateway.ts';

/** Open requests end within a second after their key is revoked or their session ends. */
const limitMs = 1_000;

const question = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };
const openEnded = 'data: {"type":"response.output_text.delta"}\n\n';

/** A gateway whose model and services begin a reply and never finish it. */
async function startEndless(context: TestContext) {
  const model = await startScriptedUpstream('a', (body, response) => {
    if (body['stream'] !== true) return;
    beginStream(response);
    response.write(chatFrame('one ', { tokens: [1], role: true }));
  });
  context.after(() => model.close());
  let closed = 0;
  const url = await listen(context, (request, response) => {
    request.resume();
    response.once('close', () => closed++);
    if (request.url?.includes('quiet') === true) return;
    if (request.url?.includes('half') === true) {
      beginStream(response);
      return void response.write(openEnded + openEnded.slice(0, 20));
    }
    if (request.url?.includes('bytes') === true) return void response.writeHead(200).write('some');
    beginStream(response);
    response.write(openEnded);
  });
  const gateway = await startTestGateway(context, [model.endpoint]);
  gateway.routeBackends(
    ['/v1/responses', '/v1/files'].map((prefix) => ({ prefix, urls: [url], authorization: null, role: 'inference' })),
  );
  return { gateway, model, closed: () => closed };
}

async function listen(context: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function get(gateway: TestGateway, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(gateway.origin + path, { headers: { authorization: `Bearer ${gateway.apiKey}` }, ...init });
}

async function codeOf(reply: Response): Promise<unknown> {
  return ((await reply.json()) as { error: { code: unknown } }).error.code;
}

async function within<Value>(promise: Promise<Value>): Promise<Value> {
  const startedAt = performance.now();
  const value = await promise;
  const tookMs = performance.now() - startedAt;
  assert.ok(tookMs < limitMs, `${tookMs} ms`);
  return value;
}

test('a stream of a revoked key ends with an error, in the words of its dialect', async (context) => {
  const { gateway, model, closed } = await startEndless(context);
  const chat = await gateway.chat({ ...question, stream: true });
  const response = await get(gateway, '/v1/responses/resp_1?stream=true');
  const file = await get(gateway, '/v1/files/file_1');
  assert.equal((await chat.body?.getReader().read())?.done, false, 'it streams');
  const followed = gateway.chat({ ...question, stream: true });
  await followed;
  gateway.revokeKey();
  const chatText = await within((await followed).text());
  assert.match(chatText, /data: \{"error":\{"message":"The key of this request was revoked while it ran\."/);
  assert.ok(chatText.includes('"code":"credential_revoked"') && !chatText.includes('[DONE]'));
  const responseText = await within(response.text());
  const [event] = /event: error\ndata: (.*)\n\n$/.exec(responseText)?.slice(1) ?? [];
  assert.ok(responseText.startsWith(openEnded));
  assert.equal((JSON.parse(event ?? '{}') as { code?: string }).code, 'credential_revoked');
  assert.match(await within(file.text()), /"code":"credential_revoked"/);
  assert.equal(await codeOf(await gateway.chat(question)), 'invalid_api_key');
  await Promise.all(model.received.map((request) => request.closed));
  assert.equal(closed(), 2, 'and so do the requests to services');
  const [record] = gateway.gateway.requests.list({ limit: 5, outcome: 'failed', kind: 'service' }).data;
  assert.equal(record?.error_code, 'credential_revoked');
});

test('a reply that has not begun is 401, and one in the middle of which nobody could be told is broken off', async (context) => {
  const { gateway, model } = await startEndless(context);
  const whole = gateway.chat(question);
  const quiet = get(gateway, '/v1/files/quiet');
  const half = await get(gateway, '/v1/responses/half');
  const bytes = await get(gateway, '/v1/files/bytes');
  while (model.received.length === 0 || gateway.gateway.requests.open() < 4) await new Promise(setImmediate);
  gateway.revokeKey();
  for (const reply of await within(Promise.all([whole, quiet]))) {
    assert.deepEqual([reply.status, await codeOf(reply)], [401, 'credential_revoked']);
  }
  await within(assert.rejects(half.text()));
  await within(assert.rejects(bytes.text()));
  await model.received[0]?.closed;
});

test('uploads end, whether they are passed on or still read', async (context) => {
  const { gateway } = await startEndless(context);
  const body = () => new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1_000)) });
  const upload = get(gateway, '/v1/files/quiet', {
    method: 'POST',
    body: body(),
    duplex: 'half',
    headers: { authorization: `Bearer ${gateway.apiKey}` },
  });
  const read = gateway.chat('', { body: body(), duplex: 'half' });
  while (gateway.gateway.requests.open() < 2) await new Promise(setImmediate);
  gateway.revokeKey();
  for (const reply of await within(Promise.all([upload, read]))) {
    assert.deepEqual([reply.status, await codeOf(reply)], [401, 'credential_revoked']);
  }
});

test('the end of a session ends what came with its cookie, and nothing that came with its key', async (context) => {
  const { gateway } = await startEndless(context);
  const cookie = gateway.signIn();
  const withCookie = await fetch(`${gateway.origin}/v1/responses/r`, {
    headers: { cookie, 'sec-fetch-site': 'same-origin' },
  });
  assert.equal(withCookie.status, 200);
  const withKey = await get(gateway, '/v1/responses/r');
  gateway.signOut();
  assert.match(await within(withCookie.text()), /The session of this request was revoked/);
  const reader = withKey.body?.getReader();
  assert.equal(new TextDecoder().decode((await reader?.read())?.value), openEnded);
  assert.equal(gateway.gateway.requests.open(), 1, 'the other goes on');
  gateway.revokeKey();
  assert.match(new TextDecoder().decode((await within(reader?.read() ?? assert.fail()))?.value), /credential_revoked/);
});

test('a service that acts for a revoked key is told at once, and so is one whose own key is revoked', async (context) => {
  const { gateway } = await startEndless(context);
  const headers = {
    authorization: `Bearer ${gateway.serviceKey}`,
    'content-type': 'application/json',
    'x-kumiki-act-for': 'key_test',
  };
  const acting = await gateway.chat({ ...question, stream: true }, { headers });
  gateway.revokeKey();
  assert.match(await within(acting.text()), /credential_revoked/);
  const next = await gateway.chat(question, { headers });
  assert.deepEqual([next.status, await codeOf(next)], [401, 'invalid_api_key']);
});

test('a key that expires ends what it began', async (context) => {
  const { gateway } = await startEndless(context);
  const cookie = gateway.signIn({ expiresAt: Math.floor(Date.now() / 1_000) + 2 });
  const stream = await fetch(`${gateway.origin}/v1/responses/r`, {
    headers: { cookie, 'sec-fetch-site': 'same-origin' },
  });
  assert.match(await stream.text(), /credential_revoked/);
});

test('whoever signs out or revokes the own key is answered, while all else of it ends', async (context) => {
  const { gateway } = await startEndless(context);
  const url = await listen(context, (request, response) => {
    if (request.url === '/v1/kumiki/keys/key_test') gateway.revokeKey();
    else gateway.signOut();
    // The store is written before the reply is sent, so gateways know of the revocation earlier.
    setImmediate(() => response.setHeader('set-cookie', 'gone=; Max-Age=0').end('{}'));
  });
  gateway.routeBackends([{ prefix: '/v1/kumiki', urls: [url], authorization: null, role: 'any' }]);
  for (const path of ['/v1/kumiki/session', '/v1/kumiki/sessions', '/v1/kumiki/sessions/session_1']) {
    const cookie = gateway.signIn();
    const headers = { cookie, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' };
    const open = await fetch(`${gateway.origin}/v1/chat/completions`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ ...question, stream: true }),
    });
    const reply = await get(gateway, path, { method: 'DELETE', headers });
    assert.deepEqual([reply.status, reply.headers.get('set-cookie')], [200, 'gone=; Max-Age=0'], path);
    assert.match(await within(open.text()), /credential_revoked/);
  }
  assert.equal((await get(gateway, '/v1/kumiki/keys/key_test', { method: 'DELETE' })).status, 200);
  assert.equal((await get(gateway, '/v1/kumiki/keys/key_test', { method: 'DELETE' })).status, 401);
});
