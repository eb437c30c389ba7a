import assert from 'node:assert/strict';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { createDeadlineWheel } from './deadline-wheel.ts';
import { createUpstreamPool } from './pool.ts';
import type { UpstreamFailure } from './upstream.ts';

type Reply = { readonly status: number; readonly body: string } | UpstreamFailure;

async function listening(context: TestContext, server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function client(context: TestContext) {
  const wheel = createDeadlineWheel({ tickMs: 10 });
  const pool = createUpstreamPool({ wheel });
  context.after(() => {
    pool.close();
    wheel.close();
  });
  const ask = (origin: string, body: Buffer | null = null, headersTimeoutMs: number | null = 5_000): Promise<Reply> =>
    new Promise((resolve) => {
      let status = 0;
      const chunks: Buffer[] = [];
      pool.request(
        {
          origin,
          method: body === null ? 'GET' : 'POST',
          path: '/x',
          headers: ['a', 'b'],
          body,
          connectTimeoutMs: 1_000,
          headersTimeoutMs,
        },
        {
          onHead: (code) => void (status = code),
          onData: (chunk) => void chunks.push(chunk),
          onEnd: () => resolve({ status, body: Buffer.concat(chunks).toString() }),
          onError: resolve,
        },
      );
    });
  return { pool, ask };
}

/** A server that answers every connection's first bytes with the given reply, cut after `cut` bytes. */
function scripted(reply: string, cut: number): Server {
  return createServer((socket) => {
    socket.once('data', () => {
      for (let at = 0; at < reply.length; at += cut) socket.write(reply.slice(at, at + cut), 'latin1');
      socket.end();
    });
  });
}

test('a thousand requests share a few connections, and every body comes back whole', async (context) => {
  let connections = 0;
  const server = createHttpServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () =>
      response.end(`${request.url} ${String(request.headers['a'])} ${Buffer.concat(chunks).toString()}`),
    );
  });
  server.on('connection', () => connections++);
  const origin = await listening(context, server);
  const { pool, ask } = client(context);
  for (let round = 0; round < 50; round++) {
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, at) => ask(origin, Buffer.from(`body ${round} ${at}`))),
    );
    replies.forEach((reply, at) => assert.deepEqual(reply, { status: 200, body: `/x b body ${round} ${at}` }));
  }
  assert.ok(connections <= 20, String(connections));
  assert.deepEqual(pool.stats(), { idle: connections, active: 0 });
});

test('replies are read alike however they are cut', async (context) => {
  const { ask } = client(context);
  const reply =
    'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n';
  for (const cut of [1, 2, 3, 7, 1_000]) {
    const origin = await listening(context, scripted(reply, cut));
    assert.deepEqual(await ask(origin), { status: 200, body: 'hello world' });
  }
});

test('a body without a length ends with its connection', async (context) => {
  const origin = await listening(context, scripted('HTTP/1.0 200 OK\r\n\r\nuntil the end', 4));
  assert.deepEqual(await client(context).ask(origin), { status: 200, body: 'until the end' });
});

test('whatever could be read in two ways is refused', async (context) => {
  const { ask, pool } = client(context);
  const hostile = [
    'garbage\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd',
    'HTTP/1.1 200 OK\r\nContent-Length: +3\r\n\r\nabc',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nA: b\r\n folded\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nA : b\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nTrailer: x\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\nx\r\n0\r\n\r\n',
    'HTTP/1.1 101 Switching Protocols\r\n\r\n',
    `HTTP/1.1 200 OK\r\nA: ${'x'.repeat(70_000)}\r\n\r\n`,
  ];
  for (const reply of hostile) {
    const origin = await listening(context, scripted(reply, 1_000));
    const result = await ask(origin);
    assert.ok(
      'code' in result && result.code === 'protocol_error',
      `${JSON.stringify(reply.slice(0, 60))}: ${JSON.stringify(result)}`,
    );
  }
  assert.deepEqual(pool.stats(), { idle: 0, active: 0 });
});

test('each way of failing has its name', async (context) => {
  const { ask } = client(context);
  const silent = await listening(
    context,
    createServer(() => {}),
  );
  const early = await listening(context, scripted('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc', 100));
  const mute = await listening(context, scripted('', 1));
  const codes = [];
  for (const reply of [
    await ask(silent, null, 50),
    await ask(early),
    await ask(mute),
    await ask('http://127.0.0.1:1'),
  ]) {
    codes.push('code' in reply ? reply.code : 'answered');
  }
  assert.deepEqual(codes, ['headers_timeout', 'broken', 'broken', 'connect_refused']);
});

test('a kept connection that the server has closed is told apart from a server that failed', async (context) => {
  let accepted = 0;
  const server = createServer((socket) => {
    accepted++;
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      socket.once('data', () => socket.destroy());
    });
  });
  const origin = await listening(context, server);
  const { ask } = client(context);
  assert.deepEqual(await ask(origin), { status: 200, body: 'ok' });
  const second = await ask(origin);
  assert.ok('code' in second && second.stale, JSON.stringify(second));
  assert.deepEqual(await ask(origin), { status: 200, body: 'ok' });
  assert.equal(accepted, 2);
});

test('a paused reader stops the server, and an aborted request calls nobody', async (context) => {
  let written = 0;
  const server = createHttpServer((_request, response) => {
    const more = (): void => {
      while (written < 64_000_000 && !response.destroyed) {
        written += 65_536;
        if (!response.write(Buffer.alloc(65_536))) return void response.once('drain', more);
      }
      response.end();
    };
    more();
  });
  const origin = await listening(context, server);
  const { pool } = client(context);
  let received = 0;
  await new Promise<void>((resolve) => {
    const exchange = pool.request(
      { origin, method: 'GET', path: '/', headers: [], body: null, connectTimeoutMs: 1_000, headersTimeoutMs: null },
      {
        onHead: () => exchange.pause(),
        onData(chunk) {
          received += chunk.length;
        },
        onEnd: () => assert.fail('ended'),
        onError: () => assert.fail('failed'),
      },
    );
    let before = -1;
    const watch = setInterval(() => {
      if (written > 0 && written === before) {
        clearInterval(watch);
        exchange.abort();
        resolve();
      }
      before = written;
    }, 50);
  });
  assert.ok(received <= 1_000_000 && written < 32_000_000, `${received} received, ${written} written`);
  assert.deepEqual(pool.stats(), { idle: 0, active: 0 });
});
