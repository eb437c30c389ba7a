import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { KumikiError } from '@kumiki/api';
import { until } from '@kumiki/testing';
import { createDeadlineWheel } from '../upstream/deadline-wheel.ts';
import { createClientStream, type ClientStream } from './client-stream.ts';

const limitMs = 20_000;

const frame = (text: string): Buffer => Buffer.from(`data: ${text}\n\n`);

/** Answers each request with a stream that the test writes. */
async function startStreams(context: TestContext) {
  const streams: ClientStream[] = [];
  const drained: number[] = [];
  const wheel = createDeadlineWheel();
  const server = createServer({ highWaterMark: 16_384 }, (_request, response) => {
    const at = streams.length;
    streams.push(
      createClientStream({
        response,
        wheel,
        keepOpen: true,
        onFull: () => {},
        onDrained: () => drained.push(at),
        headers: () => ({}),
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  context.after(() => {
    for (const stream of streams) stream.release();
    wheel.close();
    server.closeAllConnections();
    server.close();
  });
  return { port, streams, drained };
}

interface Reader {
  readonly socket: Socket;
  text(): string;
  closed(): boolean;
}

function read(context: TestContext, port: number, request: string): Reader {
  const socket = connect({ port, host: '127.0.0.1' });
  let text = '';
  let closed = false;
  socket.setEncoding('latin1').on('data', (data: string) => (text += data));
  socket.on('close', () => (closed = true)).on('error', () => {});
  socket.write(request);
  context.after(() => socket.destroy());
  return { socket, text: () => text, closed: () => closed };
}

const get = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n';

test('a stream is chunked, ends its reply and leaves its connection for the next one', async (context) => {
  const { port, streams } = await startStreams(context);
  const reader = read(context, port, get + get);
  await until('both requests are there', limitMs, () => streams.length === 2);
  const [first, second] = streams;
  // The second request gets the connection only after the first has ended.
  second?.write([frame('b')]);
  first?.write([frame('a'), frame('aa')]);
  first?.finish();
  second?.finish();
  await until('both replies are whole', limitMs, () => reader.text().split('[DONE]').length === 3);
  const [, one = '', two = ''] = reader.text().split(/HTTP\/1\.1 200 OK\r\n[^]*?\r\n\r\n/);
  assert.equal(one, '13\r\ndata: a\n\ndata: aa\n\n\r\ne\r\ndata: [DONE]\n\n\r\n0\r\n\r\n');
  assert.equal(two, '9\r\ndata: b\n\n\r\ne\r\ndata: [DONE]\n\n\r\n0\r\n\r\n');
  assert.equal(reader.text().match(/transfer-encoding: chunked/gi)?.length, 2);
  reader.socket.write(get);
  await until('the connection is used again', limitMs, () => streams.length === 3);
});

test('a client of HTTP/1.0 gets the bytes as they are and the end of the connection', async (context) => {
  const { port, streams } = await startStreams(context);
  const reader = read(context, port, 'GET / HTTP/1.0\r\n\r\n');
  await until('the request is there', limitMs, () => streams.length === 1);
  streams[0]?.write([frame('a')]);
  streams[0]?.fail(new KumikiError('draining'));
  await until('the connection has ended', limitMs, reader.closed);
  const [head = '', body = ''] = reader.text().split('\r\n\r\n');
  assert.doesNotMatch(head, /transfer-encoding/i);
  assert.match(body, /^data: a\n\ndata: \{"error":.*\}\n\n$/);
});

test('a client that takes nothing is told of as full, and what it missed comes when it reads again', async (context) => {
  const { port, streams, drained } = await startStreams(context);
  const reader = read(context, port, get);
  await until('the request is there', limitMs, () => streams.length === 1);
  const [stream] = streams;
  assert.ok(stream);
  reader.socket.pause();
  const large = frame('x'.repeat(100_000));
  let written = 0;
  await until('it is full', limitMs, () => {
    for (; written < 400 && !stream.isFull(); written++) stream.write([large]);
    return stream.isFull() && drained.length === 0;
  });
  reader.socket.resume();
  await until('it takes again', limitMs, () => drained.length === 1 && !stream.isFull());
  stream.finish();
  await until('the reply is whole', limitMs, () => reader.text().endsWith('0\r\n\r\n'));
  assert.equal(reader.text().split('x'.repeat(100_000)).length - 1, written);
});
