import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { KumikiError } from '@kumiki/api';
import { createDeadlineWheel } from './deadline-wheel.ts';
import { createUpstreamPool, type UpstreamPool, type UpstreamPoolOptions } from './pool.ts';
import type { UpstreamFailure, UpstreamRequest } from './upstream.ts';

const whole = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

interface Setup {
  readonly pool: UpstreamPool;
  readonly origin: string;
  /** Connections that the server has accepted. */
  readonly sockets: readonly Socket[];
  readonly ask: (more?: Partial<UpstreamRequest>) => Promise<string>;
}

/** A pool, and a server that the test scripts for each piece of a request. */
async function setUp(
  context: TestContext,
  onData: (socket: Socket, piece: Buffer) => void,
  options: Partial<UpstreamPoolOptions> = {},
): Promise<Setup> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined).on('data', (piece: Buffer) => onData(socket, piece));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const wheel = createDeadlineWheel({ tickMs: 10 });
  const pool = createUpstreamPool({ wheel, ...options });
  context.after(() => {
    pool.close();
    wheel.close();
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const base = { origin, method: 'POST', path: '/', headers: [], body: Buffer.from('x') };
  const request = { ...base, connectTimeoutMs: 2_000, headersTimeoutMs: 2_000 };
  /** The reply's body, or the failure's code. */
  const ask = (more: Partial<UpstreamRequest> = {}): Promise<string> =>
    new Promise((resolve) => {
      const chunks: Buffer[] = [];
      pool.request(
        { ...request, ...more },
        {
          onHead: () => undefined,
          onData: (chunk) => chunks.push(chunk),
          onEnd: () => resolve(Buffer.concat(chunks).toString()),
          onError: (failure: UpstreamFailure) => resolve(`${failure.code}${failure.stale ? ' stale' : ''}`),
        },
      );
    });
  return { pool, origin, sockets, ask };
}

/** Resolves when the condition holds. The test's time limit ends a wait that never succeeds. */
async function until(condition: () => boolean): Promise<void> {
  const limit = performance.now() + 20_000;
  while (!condition()) {
    assert.ok(performance.now() < limit, 'waited in vain');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('bytes that come unasked close a kept connection, so that no later request takes them for its reply', async (context) => {
  const { pool, sockets, ask } = await setUp(context, (socket) => socket.write(whole));
  assert.equal(await ask(), 'ok');
  assert.equal(pool.stats().idle, 1);
  sockets[0]?.write('HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\npoison');
  await until(() => pool.stats().idle === 0);
  assert.equal(await ask(), 'ok');
  assert.equal(sockets.length, 2);
});

test('a kept connection that its server closes is forgotten at once', async (context) => {
  const { pool, sockets, ask } = await setUp(context, (socket) => socket.write(whole));
  assert.equal(await ask(), 'ok');
  sockets[0]?.end();
  await until(() => pool.stats().idle === 0);
  assert.equal(await ask(), 'ok');
  assert.equal(sockets.length, 2);
});

test('a connection is kept no longer than its time, the server said, or there is room', async (context) => {
  const first = await setUp(context, (socket) => socket.write(whole), { idleTimeoutMs: 20 });
  assert.equal(await first.ask(), 'ok');
  await until(() => first.pool.stats().idle === 0);
  const short = whole.replace('\r\n\r\n', '\r\nkeep-alive: timeout=1\r\n\r\n');
  const second = await setUp(context, (socket) => socket.write(short));
  assert.equal(await second.ask(), 'ok');
  assert.equal(second.pool.stats().idle, 0);
  const third = await setUp(context, (socket) => socket.write(whole), { maxIdlePerOrigin: 1 });
  assert.deepEqual(await Promise.all([third.ask(), third.ask(), third.ask()]), ['ok', 'ok', 'ok']);
  assert.equal(third.pool.stats().idle, 1);
});

test('a connection that the server said it closes is not kept', async (context) => {
  const closing = whole.replace('\r\n\r\n', '\r\nConnection: Close\r\n\r\n');
  const { pool, sockets, ask } = await setUp(context, (socket) => socket.write(closing));
  assert.deepEqual([await ask(), await ask()], ['ok', 'ok']);
  assert.deepEqual([pool.stats().idle, sockets.length], [0, 2]);
});

test('a reply that comes before the request is sent ends the connection', async (context) => {
  const { pool, ask } = await setUp(context, (socket) => {
    socket.pause();
    socket.write(whole);
  });
  assert.equal(await ask({ body: Buffer.alloc(32_000_000) }), 'ok');
  assert.equal(pool.stats().idle, 0);
});

test('a body of any size arrives as it was', async (context) => {
  const received: number[] = [];
  const size = 5_000_000;
  const { ask } = await setUp(context, (socket, piece) => {
    received.push(piece.filter((byte) => byte === 7).length);
    if (received.reduce((sum, count) => sum + count, 0) === size) socket.write(whole);
  });
  assert.equal(await ask({ body: Buffer.alloc(size, 7) }), 'ok');
});

test('a reply that breaks off is no stale connection', async (context) => {
  let requests = 0;
  const { ask } = await setUp(context, (socket) => {
    requests++;
    if (requests === 1) socket.write(whole);
    else socket.end('HTTP/1.1 200 OK\r\ncontent-le');
  });
  assert.equal(await ask(), 'ok');
  assert.equal(await ask(), 'broken');
});

test('forgetting an origin closes what is idle and keeps nothing of what is open', async (context) => {
  const waiting: Socket[] = [];
  const { pool, origin, sockets, ask } = await setUp(context, (socket) => {
    if (sockets.length === 1) socket.write(whole);
    else waiting.push(socket);
  });
  assert.equal(await ask(), 'ok');
  const kept = sockets[0];
  assert.ok(kept);
  const closed = once(kept, 'close');
  pool.forget(origin);
  await closed;
  const open = ask();
  await until(() => waiting.length === 1);
  pool.forget(origin);
  waiting[0]?.write(whole);
  assert.equal(await open, 'ok');
  assert.deepEqual(pool.stats(), { idle: 0, active: 0 });
});

test('a closed pool fails what is open and takes nothing more', async (context) => {
  const { pool, sockets, ask } = await setUp(context, () => undefined);
  const open = ask();
  await until(() => sockets.length === 1);
  pool.close();
  assert.equal(await open, 'broken');
  await assert.rejects(ask(), (thrown) => thrown instanceof KumikiError && thrown.code === 'draining');
});

test('what would break out of its line is not sent', async (context) => {
  const { ask, sockets } = await setUp(context, (socket) => socket.write(whole));
  for (const more of [
    { path: '/ HTTP/1.1\r\nx: y' },
    { path: 'x' },
    { method: 'GET /' },
    { headers: ['a', 'b\r\nc: d'] },
    { headers: ['a: b\r\nc', 'd'] },
    { headers: ['a', '\u{1f600}'] },
    { origin: 'http://127.0.0.1:1/path' },
    { origin: 'https://127.0.0.1:1' },
  ]) {
    await assert.rejects(ask(more), (thrown) => thrown instanceof KumikiError && thrown.code === 'bad_request_framing');
  }
  assert.equal(sockets.length, 0);
});
