import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { BackendRoute } from '@kumiki/api';
import { startTestGateway, type TestGateway } from '../testing/test-gateway.ts';

/** A service that answers every request, and the requests that it received. */
async function startService(
  context: TestContext,
): Promise<{ readonly url: string; readonly asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    request.resume().on('end', () => response.end('{}'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

type Change = Parameters<typeof startTestGateway>[2];

async function startEdge(context: TestContext, change: Change = {}) {
  const service = await startService(context);
  const gateway = await startTestGateway(context, [], change);
  const at = { urls: [service.url], authorization: null };
  const backends: BackendRoute[] = [
    { ...at, prefix: '/v1/kumiki', role: 'inference' },
    { ...at, prefix: '/v1/kumiki/session', role: null, methods: ['POST'] },
    { ...at, prefix: '/v1/responses', role: 'inference' },
    { ...at, prefix: '/v1/files', role: 'inference' },
    { ...at, prefix: '/', role: null, methods: ['GET', 'HEAD'] },
  ];
  gateway.routeBackends(backends);
  return { gateway, service };
}

/** A raw connection that the test writes to. */
function open(
  context: TestContext,
  gateway: TestGateway,
): { readonly socket: Socket; text(): string; reply(): Promise<string> } {
  const socket = connect(gateway.gateway.port, '127.0.0.1');
  socket.on('error', () => undefined);
  let text = '';
  socket.setEncoding('latin1').on('data', (more: string) => (text += more));
  context.after(() => socket.destroy());
  return {
    socket,
    text: () => text,
    async reply() {
      while (!text.includes('\r\n\r\n') && !socket.closed)
        await Promise.race([once(socket, 'data'), once(socket, 'close')]);
      return text;
    },
  };
}

const head = (gateway: TestGateway, line: string, ...headers: readonly string[]): string =>
  [
    line,
    'Host: kumiki',
    `Authorization: Bearer ${gateway.apiKey}`,
    'Content-Type: application/json',
    ...headers,
    '',
    '',
  ].join('\r\n');

test('a body that its route does not take is refused before a byte of it is read', async (context) => {
  const { gateway, service } = await startEdge(context);
  const cases: readonly (readonly [string, number])[] = [
    ['POST /v1/kumiki/session', 4_096],
    ['POST /v1/kumiki/services/x/scale', 4_096],
    ['POST /v1/kumiki/keys', 131_072],
    ['POST /v1/responses', 8_388_608],
    ['DELETE /v1/responses/resp_1', 4_096],
    ['POST /v1/responses/resp_1/unheard-of', 4_096],
    ['POST /v1/files', 537_919_488],
    ['GET /v1/files', 0],
    ['GET /', 0],
  ];
  for (const [line, limit] of cases) {
    const { socket, reply } = open(context, gateway);
    socket.write(head(gateway, `${line} HTTP/1.1`, `Content-Length: ${limit + 1}`));
    const text = await reply();
    assert.match(text, /^HTTP\/1\.1 413 /, line);
    assert.match(text, new RegExp(`limit of ${limit} bytes`), line);
  }
  assert.equal(service.asked.length, 0);
});

test('a body in chunks is cut where its route ends, though it never said how long it is', async (context) => {
  const { gateway, service } = await startEdge(context);
  for (const line of ['POST /v1/kumiki/session', 'GET /v1/files', 'POST /v1/kumiki/services/x/scale']) {
    const { socket, reply } = open(context, gateway);
    socket.write(head(gateway, `${line} HTTP/1.1`, 'Transfer-Encoding: chunked'));
    socket.write(`1001\r\n${'x'.repeat(0x1001)}\r\n`);
    assert.match(await reply(), /^HTTP\/1\.1 413 /, line);
  }
  assert.equal(service.asked.length, 0);
});

test('whoever may not ask is not listened to: the refusal comes before the body', async (context) => {
  const { gateway, service } = await startEdge(context);
  const { socket, reply } = open(context, gateway);
  socket.write('POST /v1/responses HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n');
  assert.match(await reply(), /^HTTP\/1\.1 401 /);
  assert.equal(service.asked.length, 0);
});

test('a transfer coding that is not implemented is refused as one, and ends its connection', async (context) => {
  const { gateway, service } = await startEdge(context);
  for (const coding of ['gzip, chunked', 'GZIP,chunked', 'identity, chunked', 'chunked, chunked']) {
    const { socket, text } = open(context, gateway);
    socket.write(head(gateway, 'POST /v1/responses HTTP/1.1', `Transfer-Encoding: ${coding}`));
    socket.write('2\r\n{}\r\n0\r\n\r\nGET /v1/models HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(socket, 'close');
    assert.match(text(), /^HTTP\/1\.1 (?:501 [^]*unsupported_transfer_coding|400 [^]*bad_request_framing)/, coding);
    assert.equal(text().match(/HTTP\/1\.1 /g)?.length, 1, coding);
  }
  const { socket, text } = open(context, gateway);
  socket.write(head(gateway, 'POST /v1/responses HTTP/1.1', 'Transfer-Encoding: gzip, chunked'));
  await once(socket, 'close');
  assert.match(text(), /^HTTP\/1\.1 501 Not Implemented[^]*'gzip, chunked' is not implemented/);
  assert.equal(service.asked.length, 0);
});

test('control characters in a path or NUL in a query reach no service', async (context) => {
  const { gateway, service } = await startEdge(context);
  const ask = (path: string): Promise<Response> =>
    fetch(gateway.origin + path, { headers: { authorization: `Bearer ${gateway.apiKey}` } });
  for (const [path, param] of [
    ['/v1/responses/resp_%00', 'response'],
    ['/v1/responses/%0a/input_items', 'response'],
    ['/v1/files/file-%1F', 'file'],
    ['/v1/files/%7f/content', 'file'],
    ['/v1/files/%ff', 'file'],
    ['/v1/files/%zz', 'file'],
    ['/v1/conversations/conv_1/items/%00', 'item'],
    ['/v1/files?limit=1&after=%00', 'after'],
    ['/v1/files?a%00=1', 'query'],
    ['/v1/models/%00', 'path'],
    ['/v1/unheard/of/%00', 'path'],
    ['/%00', 'path'],
  ] as const) {
    const response = await ask(path);
    const { error } = (await response.json()) as { error: { code: string; param: string } };
    assert.deepEqual([response.status, error.code, error.param], [400, 'invalid_value', param], path);
  }
  assert.equal(service.asked.length, 0);
  assert.equal((await ask('/v1/files/%E6%97%A5?q=a%0Ab')).status, 200);
});

test('only a proxy that is trusted says that the client came by https', async (context) => {
  for (const trusted of [true, false]) {
    const { gateway, service } = await startEdge(context, { edge: trusted ? { trustedProxies: ['127.0.0.0/8'] } : {} });
    const ask = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${gateway.origin}/v1/kumiki/session`, { method: 'POST', headers, body: '{}' });
    const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '198.51.100.7', forwarded: 'proto=https' };
    const host = new URL(gateway.origin).host;
    const secure = await ask({ ...forwarded, origin: `https://${host}` });
    assert.equal(secure.status, trusted ? 200 : 403);
    assert.equal(secure.headers.get('strict-transport-security'), trusted ? 'max-age=31536000' : null);
    const plain = await ask({ ...forwarded, origin: `http://${host}` });
    assert.equal(plain.status, trusted ? 403 : 200);
    const [heard] = service.asked;
    assert.equal(heard?.headers['x-forwarded-proto'], trusted ? 'https' : 'http');
    assert.deepEqual([heard.headers['x-forwarded-for'], heard.headers['forwarded']], [undefined, undefined]);
    const own = await fetch(`${gateway.origin}/v1/kumiki/session`, {
      method: 'POST',
      body: '{}',
      headers: { origin: gateway.origin },
    });
    assert.deepEqual([own.status, own.headers.get('strict-transport-security')], [200, null]);
  }
});
