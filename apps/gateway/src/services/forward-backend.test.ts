import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { defaultProjectLimits, readProjectLimits } from '@kumiki/api';
import { startTestGateway, type TestGateway } from '../testing/test-gateway.ts';

const mebibyte = 1_048_576;

interface Service {
  readonly url: string;
  readonly requests: IncomingMessage[];
  /** Ends it with all of its connections, as a killed process would. */
  kill(): Promise<void>;
}

async function startService(context: TestContext, listener: RequestListener): Promise<Service> {
  const requests: IncomingMessage[] = [];
  const server = createServer((incoming, response) => {
    requests.push(incoming);
    listener(incoming, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const kill = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  context.after(kill);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, kill };
}

/** Reads the body to its end, then answers with its size. */
function countBytes(incoming: IncomingMessage, response: ServerResponse): void {
  let bytes = 0;
  incoming.on('data', (chunk: Buffer) => (bytes += chunk.length));
  incoming.on('end', () => response.end(JSON.stringify({ bytes })));
}

/** A request whose body the test writes, and its reply with the text. */
function open(gateway: TestGateway, method: string, headers: Record<string, string> = {}, path = '/v1/files') {
  const outgoing = request(gateway.origin + path, {
    method,
    headers: { authorization: `Bearer ${gateway.apiKey}`, ...headers },
  });
  const reply = once(outgoing, 'response').then(async ([incoming]) => {
    const { statusCode: status, headers: received } = incoming as IncomingMessage;
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as IncomingMessage) chunks.push(chunk as Buffer);
    return { status, headers: received, text: Buffer.concat(chunks).toString() };
  });
  return { outgoing, reply };
}

function codeOf(text: string): string {
  return (JSON.parse(text) as { error: { code: string } }).error.code;
}

test('a request reaches the service with the caller that was checked, and none that the client made up', async (context) => {
  const service = await startService(context, (_, response) => response.setHeader('x-own', 'yes').end('{}'));
  const gateway = await startTestGateway(context, []);
  gateway.routeBackend(service.url);
  const { outgoing, reply } = open(
    gateway,
    'GET',
    {
      'x-kumiki-key': 'forged',
      'x-kumiki-act-for': 'forged',
      cookie: 'a=b',
    },
    '/v1/files/file-1?limit=2',
  );
  outgoing.end();
  const { status, headers } = await reply;
  assert.deepEqual([status, headers['x-own']], [200, 'yes']);
  const [received] = service.requests;
  assert.equal(received?.url, '/v1/files/file-1?limit=2');
  assert.equal(received?.headers['x-kumiki-key'], 'key_test');
  assert.equal(received?.headers['x-kumiki-project'], 'default');
  assert.equal(received?.headers.authorization, 'Bearer token');
  assert.equal(received?.headers['x-kumiki-act-for'], undefined);
  assert.equal(received?.headers.cookie, undefined);
  assert.equal(received?.headers['x-request-id'], headers['x-request-id']);
});

test('a service that gives way is passed on as one, and a client cannot say that it does', async (context) => {
  const service = await startService(context, (_, response) => response.end('{}'));
  const gateway = await startTestGateway(context, []);
  gateway.routeBackend(service.url);
  const low = { 'x-kumiki-priority': 'low', 'x-kumiki-act-for': 'key_test' };
  for (const key of [gateway.serviceKey, gateway.apiKey]) {
    const { outgoing, reply } = open(gateway, 'GET', { ...low, authorization: `Bearer ${key}` });
    outgoing.end();
    assert.equal((await reply).status, 200);
  }
  const received = service.requests.map((request) => request.headers);
  assert.deepEqual(
    received.map((headers) => [headers['x-kumiki-key'], headers['x-kumiki-priority']]),
    [
      ['key_test', 'low'],
      ['key_test', undefined],
    ],
  );
});

test('a dead replica is passed over, with the body, and is asked last from then on', async (context) => {
  const dead = await startService(context, countBytes);
  const living = await startService(context, countBytes);
  await dead.kill();
  const gateway = await startTestGateway(context, []);
  gateway.routeBackend(dead.url, living.url);
  for (const size of [0, 10, 3 * mebibyte]) {
    const { outgoing, reply } = open(gateway, 'POST', { 'content-length': String(size) });
    outgoing.end(Buffer.alloc(size));
    const { status, text } = await reply;
    assert.deepEqual([status, text], [200, JSON.stringify({ bytes: size })]);
  }
  const { outgoing, reply } = open(gateway, 'DELETE');
  outgoing.end();
  assert.equal((await reply).status, 200);
  assert.equal(living.requests.length, 4);
});

test('with no replica, or none that is reached, the refusal says when to try again', async (context) => {
  const dead = await startService(context, countBytes);
  await dead.kill();
  const gateway = await startTestGateway(context, []);
  for (const urls of [[], [dead.url]]) {
    gateway.routeBackend(...urls);
    const { outgoing, reply } = open(gateway, 'POST');
    outgoing.end('x');
    const { status, headers, text } = await reply;
    assert.deepEqual([status, codeOf(text)], [503, 'service_unavailable']);
    assert.equal(headers['retry-after'], '1');
    assert.equal(headers['x-should-retry'], 'true');
  }
});

test('what a broken replica may have done is not done again; what only reads is', async (context) => {
  const broken = await startService(context, (_, response) => response.destroy());
  const living = await startService(context, countBytes);
  const gateway = await startTestGateway(context, []);
  gateway.routeBackend(broken.url);
  const post = open(gateway, 'POST');
  post.outgoing.end('x');
  assert.equal((await post.reply).status, 503);
  assert.equal(broken.requests.length, 1);
  gateway.routeBackend(broken.url, living.url);
  const get = open(gateway, 'GET');
  get.outgoing.end();
  assert.equal((await get.reply).status, 200);
});

test('a large upload streams through: the service has its beginning before its end is sent', async (context) => {
  const begun = Promise.withResolvers<void>();
  const service = await startService(context, (incoming, response) => {
    incoming.once('data', () => begun.resolve());
    countBytes(incoming, response);
  });
  const gateway = await startTestGateway(context, []);
  gateway.routeBackend(service.url);
  const { outgoing, reply } = open(gateway, 'POST');
  const piece = Buffer.alloc(mebibyte);
  outgoing.write(piece);
  await begun.promise;
  for (let at = 1; at < 48; at++) if (!outgoing.write(piece)) await once(outgoing, 'drain');
  outgoing.end();
  assert.deepEqual(JSON.parse((await reply).text), { bytes: 48 * mebibyte });
});

test('an upload may take longer than the limit as long as it makes progress, and is refused when it stalls', async (context) => {
  const service = await startService(context, countBytes);
  const requestTimeoutMs = 600;
  const gateway = await startTestGateway(context, [], { requestTimeoutMs });
  gateway.routeBackend(service.url);
  const slow = open(gateway, 'POST');
  const startedAt = performance.now();
  let pieces = 0;
  // The test is about time: pieces arrive evenly, for three times the limit.
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      slow.outgoing.write(Buffer.alloc(65_536));
      pieces++;
      if (performance.now() - startedAt < 3 * requestTimeoutMs) return;
      clearInterval(timer);
      resolve();
    }, 50);
  });
  slow.outgoing.end();
  assert.deepEqual(JSON.parse((await slow.reply).text), { bytes: pieces * 65_536 });

  for (const headers of [{}, { 'content-length': '100' }]) {
    const stalled = open(gateway, 'POST', headers);
    stalled.outgoing.on('error', () => undefined);
    stalled.outgoing.write('x');
    const { status, text, headers: received } = await stalled.reply;
    assert.deepEqual([status, codeOf(text), received.connection], [408, 'request_timeout', 'close']);
  }
});

test('an event stream is passed on as it comes, and the service notices at once when the client leaves', async (context) => {
  const closed = Promise.withResolvers<void>();
  const next = Promise.withResolvers<void>();
  const service = await startService(context, (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    response.once('close', () => closed.resolve());
    void next.promise.then(() => response.write('data: 1\n\n'));
  });
  const gateway = await startTestGateway(context, []);
  gateway.routeBackend(service.url);
  const outgoing = request(`${gateway.origin}/v1/files`, { headers: { authorization: `Bearer ${gateway.apiKey}` } });
  outgoing.on('error', () => undefined);
  outgoing.end();
  const [reply] = (await once(outgoing, 'response')) as [IncomingMessage];
  reply.on('error', () => undefined);
  next.resolve();
  const [chunk] = (await once(reply, 'data')) as [Buffer];
  assert.equal(chunk.toString(), 'data: 1\n\n');
  outgoing.destroy();
  await closed.promise;
});

test('a reply that breaks off is not taken for a whole one', async (context) => {
  const service = await startService(context, (_, response) => {
    response.write('half', () => response.destroy());
  });
  const gateway = await startTestGateway(context, []);
  gateway.routeBackend(service.url);
  const { outgoing, reply } = open(gateway, 'GET');
  outgoing.end();
  await assert.rejects(reply);
});

test('a client that does not read stops the service from sending', async (context) => {
  let written = 0;
  const blocked = Promise.withResolvers<void>();
  const service = await startService(context, (_, response) => {
    const piece = Buffer.alloc(mebibyte);
    const fill = (): void => {
      while (written < 256 && response.write(piece)) written++;
    };
    response.on('drain', fill);
    // No `drain` for a while: all buffers between client and service are full.
    let before = -1;
    const look = setInterval(() => {
      if (written !== before) return void (before = written);
      clearInterval(look);
      blocked.resolve();
    }, 200);
    fill();
  });
  const gateway = await startTestGateway(context, []);
  gateway.routeBackend(service.url);
  const outgoing = request(`${gateway.origin}/v1/files`, { headers: { authorization: `Bearer ${gateway.apiKey}` } });
  outgoing.on('error', () => undefined);
  outgoing.end();
  await once(outgoing, 'response');
  await blocked.promise;
  assert.ok(written < 64, `${written} MiB are on their way`);
  outgoing.destroy();
});

/** Long enough for a loaded machine to answer within, short enough to wait for. */
const answerMs = 700;

/** Reads the request and never replies; calls `closed` when the connection closes. */
function hang(closed: () => void = () => undefined) {
  return (incoming: IncomingMessage, response: ServerResponse): void => {
    incoming.resume();
    response.once('close', closed);
  };
}

test('a service that takes a request and says nothing is left with 504, told by its name', async (context) => {
  const closed = Promise.withResolvers<void>();
  const hung = await startService(context, hang(closed.resolve));
  const gateway = await startTestGateway(context, [], { backendWaits: { answerMs } });
  gateway.routeBackend(hung.url);
  const { outgoing, reply } = open(gateway, 'POST');
  outgoing.end('x');
  const { status, text, headers } = await reply;
  assert.deepEqual([status, codeOf(text)], [504, 'upstream_timeout']);
  assert.match(text, new RegExp(`The service behind /v1/files did not answer within ${answerMs} ms`));
  assert.equal(headers['x-should-retry'], 'true');
  await closed.promise;
});

test('what a service may have done that says nothing is not done by another', async (context) => {
  const hung = await startService(context, hang());
  const others = await startService(context, hang());
  const gateway = await startTestGateway(context, [], { backendWaits: { answerMs } });
  gateway.routeBackend(hung.url, others.url);
  const { outgoing, reply } = open(gateway, 'POST');
  outgoing.end('x');
  assert.equal((await reply).status, 504);
  assert.equal(hung.requests.length + others.requests.length, 1);
});

test('what only reads is asked of another replica when the first one says nothing', async (context) => {
  const hung = await startService(context, hang());
  const living = await startService(context, countBytes);
  const gateway = await startTestGateway(context, [], { backendWaits: { answerMs } });
  gateway.routeBackend(hung.url);
  const alone = open(gateway, 'GET');
  alone.outgoing.end();
  assert.equal((await alone.reply).status, 504);
  // Repeats until the hanging replica is chosen first, which is random.
  for (let round = 0; hung.requests.length === 1; round++) {
    assert.ok(round < 100);
    gateway.routeBackend();
    gateway.routeBackend(hung.url, living.url);
    const { outgoing, reply } = open(gateway, 'GET');
    outgoing.end();
    assert.equal((await reply).status, 200);
  }
});

test('what waits for a model, or stores what was uploaded, is waited for longer', async (context) => {
  const service = await startService(context, (incoming, response) => {
    incoming.resume();
    incoming.on('end', () => setTimeout(() => response.end('{}'), 3 * answerMs));
  });
  const gateway = await startTestGateway(context, [], { backendWaits: { answerMs } });
  const backend = { urls: [service.url], authorization: 'Bearer token', role: 'inference' as const };
  gateway.routeBackends(['/v1/files', '/v1/vector_stores'].map((prefix) => ({ ...backend, prefix })));
  const search = open(gateway, 'POST', {}, '/v1/vector_stores/vs_1/search');
  search.outgoing.end('{}');
  const upload = open(gateway, 'POST', { 'transfer-encoding': 'chunked' });
  upload.outgoing.end('x');
  const list = open(gateway, 'GET', {}, '/v1/vector_stores');
  list.outgoing.end();
  const replies = await Promise.all([search.reply, upload.reply, list.reply]);
  assert.deepEqual(
    replies.map(({ status }) => status),
    [200, 200, 504],
  );
});

test('a reply that stands still is cut, so that nobody waits for its end', async (context) => {
  const service = await startService(context, (_, response) => void response.write('half'));
  const gateway = await startTestGateway(context, [], { backendWaits: { silenceMs: answerMs } });
  gateway.routeBackend(service.url);
  const { outgoing, reply } = open(gateway, 'GET');
  outgoing.end();
  await assert.rejects(reply);
});

test('a service that takes no more of an upload is left with 504', async (context) => {
  const service = await startService(context, (incoming) => void incoming.once('data', () => incoming.pause()));
  const gateway = await startTestGateway(context, [], { requestTimeoutMs: answerMs });
  gateway.routeBackend(service.url);
  const { outgoing, reply } = open(gateway, 'POST', { 'transfer-encoding': 'chunked' });
  outgoing.on('error', () => undefined);
  outgoing.write(Buffer.alloc(32 * mebibyte));
  const { status, text } = await reply;
  assert.deepEqual([status, codeOf(text)], [504, 'upstream_timeout']);
  assert.match(text, /did not take the request within/);
});

test('a service is told what the project may have, as the last snapshot says and never as a client does', async (context) => {
  const service = await startService(context, (_, response) => response.end('{}'));
  const gateway = await startTestGateway(context, []);
  gateway.routeBackend(service.url);
  const forged = { 'x-kumiki-project-limits': JSON.stringify({ ...defaultProjectLimits, files: 1_000_000 }) };
  const told = async (): Promise<string | undefined> => {
    const { outgoing, reply } = open(gateway, 'GET', forged);
    outgoing.end();
    await reply;
    return service.requests.at(-1)?.headers['x-kumiki-project-limits'] as string | undefined;
  };
  assert.equal(await told(), undefined, 'the defaults need no words');
  const limits = { ...defaultProjectLimits, files: 3 };
  gateway.gateway.replaceProjectLimits([{ project: 'default', limits }]);
  assert.deepEqual(readProjectLimits(await told()), limits);
  gateway.gateway.replaceProjectLimits([{ project: 'others', limits }]);
  assert.equal(await told(), undefined);
});
