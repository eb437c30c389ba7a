import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { readBody, type ReadBody } from './read-body.ts';

const limitBytes = 100;

/** A server that reads a body, and a raw connection to it. */
async function serve(
  context: TestContext,
  reply: (body: ReadBody, request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ socket: Socket; read: Promise<ReadBody> }> {
  const server = createServer();
  const { promise: read, resolve } = Promise.withResolvers<ReadBody>();
  server.on('request', (request, response) => {
    void readBody(request, limitBytes).then((body) => {
      reply(body, request, response);
      resolve(body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined);
  context.after(() => {
    socket.destroy();
    server.close();
    server.closeAllConnections();
  });
  return { socket, read };
}

const head = 'POST / HTTP/1.1\r\nhost: x\r\n';

test('a body comes back whole, by its length or in chunks, in one piece or byte by byte', async (context) => {
  for (const framed of [
    'content-length: 5\r\n\r\nhello',
    'transfer-encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n',
  ]) {
    const { socket, read } = await serve(context, (_, _request, response) => response.end());
    for (const character of head + framed) socket.write(character);
    const result = await read;
    assert.equal(result.outcome === 'complete' && result.body.toString(), 'hello');
  }
  const { socket, read } = await serve(context, (_, _request, response) => response.end());
  socket.write(`${head}\r\n`);
  assert.deepEqual(await read, { outcome: 'complete', body: Buffer.alloc(0), memory: 0 });
});

test('a body that says that it is too large is not waited for', async (context) => {
  const { socket, read } = await serve(context, (_, _request, response) => response.end());
  socket.write(`${head}content-length: 101\r\n\r\n`);
  assert.deepEqual(await read, { outcome: 'too_large', limitBytes });
});

test('a body that turns out too large is read no further', async (context) => {
  const { socket, read } = await serve(context, (_, _request, response) => response.end());
  socket.write(`${head}transfer-encoding: chunked\r\n\r\n`);
  for (let count = 0; count < 10; count++) socket.write(`400\r\n${'x'.repeat(1_024)}\r\n`);
  assert.deepEqual(await read, { outcome: 'too_large', limitBytes });
});

test('a client that leaves before its body is whole is told apart', async (context) => {
  const { socket, read } = await serve(context, () => undefined);
  socket.write(`${head}content-length: 50\r\n\r\nhalf`, () => socket.destroy());
  assert.deepEqual(await read, { outcome: 'aborted' });
});
