import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { connect as connectPlain, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { createLog } from '@kumiki/service';
import { selfSigned, until } from '@kumiki/testing';
import { createClientOrigin } from '../http/client-origin.ts';
import { createConnectionGuard, defaultConnectionLimits } from '../http/connection-guard.ts';
import { beginStream, chatFrame, startScriptedUpstream } from '../testing/scripted-upstream.ts';
import { startTestGateway } from '../testing/test-gateway.ts';
import { openTlsFront } from './tls-front.ts';
import { watchTlsFiles } from './watch-tls-files.ts';

const limitMs = 20_000;
const log = createLog({ service: 'gateway', level: 'silent' });

type Pair = ReturnType<typeof selfSigned>;

/** A folder as Kubernetes mounts a Secret: the files are links through `..data`, which is exchanged in one step. */
function mountSecret(context: TestContext, first: Pair) {
  const folder = mkdtempSync(join(tmpdir(), 'kumiki-tls-'));
  context.after(() => rmSync(folder, { recursive: true }));
  let count = 0;
  const put = (pair: Pair): void => {
    const data = `..data-${++count}`;
    mkdirSync(join(folder, data));
    writeFileSync(join(folder, data, 'tls.crt'), pair.cert);
    writeFileSync(join(folder, data, 'tls.key'), pair.key);
    symlinkSync(data, join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  };
  put(first);
  for (const name of ['tls.crt', 'tls.key']) symlinkSync(`..data/${name}`, join(folder, name));
  return { put, paths: { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') } };
}

/** A gateway that also listens for TLS, with a model that begins an answer and never ends it. */
async function start(context: TestContext, edge: object = {}) {
  const pair = selfSigned();
  const secret = mountSecret(context, pair);
  const files = watchTlsFiles(secret.paths, log);
  context.after(() => files.close());
  const model = await startScriptedUpstream('a', (_, response) => {
    beginStream(response);
    response.write(chatFrame('one ', { tokens: [1], role: true }));
  });
  context.after(() => model.close());
  const tls = { host: '127.0.0.1', port: 0, files };
  const gateway = await startTestGateway(context, [model.endpoint], { edge: { tls, opsPort: 0, ...edge } });
  const port = gateway.gateway.tlsPort ?? assert.fail('it does not listen for TLS');
  return { pair, secret, files, model, gateway, port };
}

type Started = Awaited<ReturnType<typeof start>>;

/** Sends a request by node:https on a connection of its own. */
async function get({ port, gateway }: Started, ca: string, path = '/v1/models', headers: Record<string, string> = {}) {
  const sent = request({
    port,
    path,
    host: '127.0.0.1',
    ca,
    agent: false,
    headers: { authorization: `Bearer ${gateway.apiKey}`, ...headers },
  });
  sent.end();
  const [reply] = (await once(sent, 'response')) as [IncomingMessage];
  return reply;
}

/** A connection on which the test writes what it likes. */
async function open(context: TestContext, { port, pair }: Started, change: object = {}) {
  const socket = connect({ port, host: '127.0.0.1', ca: pair.cert, ...change });
  let text = '';
  socket.on('error', () => undefined);
  socket.setEncoding('latin1').on('data', (more: string) => (text += more));
  context.after(() => socket.destroy());
  await once(socket, 'secureConnect');
  return { socket, text: () => text };
}

async function metric({ gateway }: Started, name: string): Promise<number> {
  const reply = await fetch(`http://127.0.0.1:${gateway.gateway.opsPort}/metrics`);
  return Number(new RegExp(`^${name} (.+)$`, 'm').exec(await reply.text())?.[1]);
}

const question = JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'hi' }] });

const head = (line: string, ...headers: readonly string[]): string =>
  [line, 'Host: a', 'Content-Type: application/json', ...headers, '', ''].join('\r\n');

test('clients of TLS are answered as others are, and are told to come no other way', async (context) => {
  const started = await start(context);
  const reply = await get(started, started.pair.cert);
  assert.deepEqual([reply.statusCode, reply.headers['strict-transport-security']], [200, 'max-age=31536000']);
  const [body] = (await once(reply.setEncoding('utf8'), 'data')) as [string];
  assert.equal((JSON.parse(body) as { object: string }).object, 'list');
  const { socket } = await open(context, started, { ALPNProtocols: ['h2', 'http/1.1'] });
  assert.deepEqual([socket.alpnProtocol, socket.getProtocol()], ['http/1.1', 'TLSv1.3']);
  const plain = await fetch(`${started.gateway.origin}/v1/models`, {
    headers: { authorization: `Bearer ${started.gateway.apiKey}`, 'x-forwarded-proto': 'https' },
  });
  assert.deepEqual([plain.status, plain.headers.get('strict-transport-security')], [200, null]);
});

test('curl is answered', async (context) => {
  const started = await start(context);
  const { cert } = started.secret.paths;
  const url = `https://127.0.0.1:${started.port}/v1/models`;
  const authorization = `authorization: Bearer ${started.gateway.apiKey}`;
  const ran = await promisify(execFile)('curl', ['-sS', '--cacert', cert, '-H', authorization, url]).catch(
    (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? null : Promise.reject(error)),
  );
  if (ran === null) return context.skip('there is no curl here');
  assert.match(ran.stdout, /"object": ?"list"/);
});

test('old versions of TLS, other protocols and what is no TLS are turned away without a word', async (context) => {
  const started = await start(context);
  for (const change of [{ maxVersion: 'TLSv1.1', minVersion: 'TLSv1' }, { ALPNProtocols: ['h2'] }]) {
    const socket = connect({ port: started.port, host: '127.0.0.1', ca: started.pair.cert, ...change } as object);
    const [error] = (await once(socket, 'error')) as [Error];
    assert.ok(error instanceof Error);
  }
  const plain = connectPlain(started.port, '127.0.0.1');
  plain.on('error', () => undefined).resume();
  plain.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await once(plain, 'close');
  assert.equal((await get(started, started.pair.cert)).statusCode, 200);
});

test('a new certificate is shown to new connections, and open ones go on', async (context) => {
  const started = await start(context);
  const { socket, text } = await open(context, started);
  const next = selfSigned();
  started.secret.put(next);
  await until('the new one is shown', limitMs, async () => {
    return (await get(started, next.cert).catch(() => null))?.statusCode === 200;
  });
  await assert.rejects(get(started, started.pair.cert), /certificate/i);
  socket.write(head('GET /v1/models HTTP/1.1', `Authorization: Bearer ${started.gateway.apiKey}`));
  await until('the old connection is answered', limitMs, async () => text().startsWith('HTTP/1.1 200'));
});

test('a certificate with the key of another leaves the last one in force, and is told of until it is mended', async (context) => {
  const started = await start(context);
  assert.equal(await metric(started, 'kumiki_gateway_tls_invalid'), 0);
  assert.equal(await metric(started, 'kumiki_gateway_tls_expires_timestamp_seconds'), 2_524_607_999);
  const next = selfSigned();
  for (const broken of [
    { cert: next.cert, key: selfSigned().key },
    { cert: 'none', key: next.key },
  ]) {
    started.secret.put(broken);
    await until('it is told', limitMs, async () => (await metric(started, 'kumiki_gateway_tls_invalid')) === 1);
    assert.equal((await get(started, started.pair.cert)).statusCode, 200);
  }
  started.secret.put(next);
  await until('it is mended', limitMs, async () => (await metric(started, 'kumiki_gateway_tls_invalid')) === 0);
  assert.equal((await get(started, next.cert)).statusCode, 200);
});

test('a connection of TLS that is slow to read holds no more than a plain one', async (context) => {
  const started = await start(context);
  const files = { ...started.files };
  const server = createServer((_, response) => response.end(`${response.writableHighWaterMark}`));
  const guard = createConnectionGuard(createClientOrigin([]), defaultConnectionLimits);
  guard.watch(server);
  const front = await openTlsFront(
    { host: '127.0.0.1', port: 0, files },
    { server, connections: guard, unsentBytes: 4_096, backlog: 16, maxConnections: 16 },
  );
  context.after(() => {
    server.closeAllConnections();
    return front.close();
  });
  const reply = await get({ ...started, port: front.port }, started.pair.cert);
  const [body] = (await once(reply.setEncoding('utf8'), 'data')) as [string];
  assert.equal(body, '4096');
});

test('a refusal reaches a client that is still sending', async (context) => {
  const started = await start(context);
  const { socket, text } = await open(context, started);
  const bytes = 4_000_000;
  socket.write(head('POST /v1/chat/completions HTTP/1.1', `Content-Length: ${bytes}`));
  let sent = 0;
  const piece = Buffer.alloc(50_000);
  while (sent < bytes && !socket.destroyed && socket.writable) {
    sent += piece.length;
    if (!socket.write(piece)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
  }
  await until('it is refused', limitMs, async () => text().includes('invalid_api_key'));
  assert.match(text(), /^HTTP\/1\.1 401 /);
});

test('headers that are too large, and a body beyond its route, are refused with a reason', async (context) => {
  const started = await start(context);
  for (const [lines, code] of [
    [head('GET / HTTP/1.1', `x: ${'x'.repeat(20_000)}`), 'headers_too_large'],
    [
      head(
        'POST /v1/chat/completions HTTP/1.1',
        `Authorization: Bearer ${started.gateway.apiKey}`,
        'Content-Length: 900000000',
      ),
      'body_too_large',
    ],
    ['nonsense\r\n\r\n', 'bad_request_framing'],
  ] as const) {
    const { socket, text } = await open(context, started);
    socket.write(lines);
    await until('it is refused', limitMs, async () => text().includes(code));
  }
});

test('a stream ends at once with its key', async (context) => {
  const started = await start(context);
  const { socket, text } = await open(context, started);
  const length = `Content-Length: ${question.length}`;
  socket.write(
    head('POST /v1/chat/completions HTTP/1.1', length, `Authorization: Bearer ${started.gateway.apiKey}`) + question,
  );
  await until('it has begun', limitMs, async () => text().includes('one '));
  started.gateway.revokeKey();
  await until('it has ended', limitMs, async () => text().includes('[DONE]') || text().includes('"error"'));
});

test('connections that never end their handshake are the first to go, and none is counted twice', async (context) => {
  const started = await start(context, { connections: { fresh: 2 } });
  const gone: Socket[] = [];
  const slow = [1, 2, 3].map(() => {
    const socket = connectPlain(started.port, '127.0.0.1');
    socket.on('error', () => undefined).on('close', () => gone.push(socket));
    context.after(() => socket.destroy());
    return socket;
  });
  await until('the oldest is gone', limitMs, async () => gone.length === 1);
  // A whole connection takes the place of another one; when its request is answered, it no longer counts among them.
  assert.equal((await get(started, started.pair.cert)).statusCode, 200);
  await until('the next is gone', limitMs, async () => gone.length === 2);
  assert.equal((await get(started, started.pair.cert)).statusCode, 200);
  assert.equal(slow.filter((socket) => socket.closed).length, gone.length);
});

test('a drain waits for what is open over TLS, and for no handshake', async (context) => {
  const started = await start(context);
  const { socket, text } = await open(context, started);
  const length = `Content-Length: ${question.length}`;
  socket.write(
    head('POST /v1/chat/completions HTTP/1.1', length, `Authorization: Bearer ${started.gateway.apiKey}`) + question,
  );
  await until('it has begun', limitMs, async () => text().includes('one '));
  const shaking = connectPlain(started.port, '127.0.0.1');
  shaking.on('error', () => undefined);
  await once(shaking, 'connect');
  let drained = false;
  const draining = started.gateway.gateway.drain(60_000).then(() => (drained = true));
  await once(shaking.resume(), 'close');
  await assert.rejects(get(started, started.pair.cert), /ECONNREFUSED/);
  assert.equal(drained, false);
  started.gateway.revokeKey();
  await draining;
});
