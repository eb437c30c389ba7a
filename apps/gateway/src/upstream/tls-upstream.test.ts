import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createPlainServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server as NetServer } from 'node:net';
import { test, type TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { selfSigned } from '@kumiki/testing';
import { createDeadlineWheel } from './deadline-wheel.ts';
import { createTlsUpstream } from './tls-upstream.ts';
import { headerValue, type UpstreamClient, type UpstreamFailure, type UpstreamRequest } from './upstream.ts';

const certificate = selfSigned();

async function listen(context: TestContext, server: NetServer | Server, protocol: string): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
  return `${protocol}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function createClient(context: TestContext): UpstreamClient {
  const wheel = createDeadlineWheel({ tickMs: 10 });
  const upstream = createTlsUpstream({ wheel, ca: [certificate.cert] });
  context.after(() => {
    upstream.close();
    wheel.close();
  });
  return upstream;
}

function ask(upstream: UpstreamClient, origin: string, more: Partial<UpstreamRequest> = {}): Promise<string | UpstreamFailure> {
  return new Promise((resolve) => {
    let text = '';
    upstream.request(
      { origin, method: 'POST', path: '/v1?x=1', headers: ['x-a', 'b'], body: Buffer.from('ask'), connectTimeoutMs: 2_000, headersTimeoutMs: 2_000, ...more },
      {
        onHead: (status, headers) => (text += `${status} ${headerValue(headers, 'x-b')} `),
        onData: (chunk) => (text += chunk.toString()),
        onEnd: () => resolve(text),
        onError: resolve,
      },
    );
  });
} // prettier-ignore

test('a request goes over TLS to a server with a trusted certificate, and to no other', async (context) => {
  const server = createServer(certificate, (request, response) => {
    request.setEncoding('utf8').on('data', (body) => {
      response.writeHead(201, { 'x-b': 'c' }).end(`${request.url} ${String(request.headers['x-a'])} ${String(body)}`);
    });
  });
  const origin = await listen(context, server, 'https');
  const upstream = createClient(context);
  assert.equal(await ask(upstream, origin), '201 c /v1?x=1 b ask');
  assert.equal(await ask(upstream, origin), '201 c /v1?x=1 b ask');
  const stranger = await listen(context, createServer(selfSigned()), 'https');
  const refused = await ask(upstream, stranger);
  assert.ok(typeof refused !== 'string' && refused.code === 'connect_refused' && !refused.requestSent);
});

test('failures have the names that those of the plain client have', async (context) => {
  const upstream = createClient(context);
  const codes: string[] = [];
  const silent = await listen(context, createPlainServer(), 'http');
  const script = async (reply: string): Promise<string> =>
    listen(context, createTcpServer((socket) => socket.on('error', () => undefined).once('data', () => socket.end(reply))), 'http');
  for (const [origin, more] of [
    ['http://127.0.0.1:1', {}],
    [silent, { headersTimeoutMs: 20 }],
    [await script('garbage'), {}],
    [await script('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc'), {}],
    [await script(''), {}],
  ] as const) {
    const result = await ask(upstream, origin, more);
    assert.ok(typeof result !== 'string');
    assert.equal(result.stale, false);
    codes.push(result.code);
  }
  assert.deepEqual(codes, ['connect_refused', 'headers_timeout', 'protocol_error', 'broken', 'broken']);
}); // prettier-ignore

test('a kept connection that dies before any byte of the reply is stale', async (context) => {
  let requests = 0;
  const server = createTcpServer((socket) => {
    socket
      .on('error', () => undefined)
      .on('data', () => {
        if (++requests === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
        else socket.destroy();
      });
  });
  const origin = await listen(context, server, 'http');
  const upstream = createClient(context);
  assert.equal(await ask(upstream, origin), '200 null ok');
  // The connection is free again only after the end of the reply has been reported.
  await setImmediate();
  const result = await ask(upstream, origin);
  assert.ok(typeof result !== 'string' && result.stale);
});

test('an aborted exchange calls nobody and closes its connection; a closed client fails the open ones', async (context) => {
  const server = createPlainServer((_, response) => response.write('x'));
  const origin = await listen(context, server, 'http');
  const upstream = createClient(context);
  const request = {
    origin,
    method: 'GET',
    path: '/',
    headers: [],
    body: null,
    connectTimeoutMs: 2_000,
    headersTimeoutMs: null,
  };
  const closed = once(server, 'connection').then(([socket]) => once(socket as NodeJS.EventEmitter, 'close'));
  await new Promise<void>((resolve) => {
    const exchange = upstream.request(request, {
      onHead: () => undefined,
      onData: () => {
        exchange.abort();
        resolve();
      },
      onEnd: () => assert.fail('ended'),
      onError: () => assert.fail('failed'),
    });
  });
  await closed;
  const open = ask(upstream, origin, { method: 'GET', body: null });
  await once(server, 'request');
  upstream.close();
  const failure = await open;
  assert.equal(typeof failure !== 'string' && failure.code, 'broken');
});
