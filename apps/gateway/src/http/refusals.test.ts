import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { until } from '@kumiki/testing';
import { beginStream, chatFrame, startScriptedUpstream } from '../testing/scripted-upstream.ts';
import { startTestGateway, type TestGateway } from '../testing/test-gateway.ts';
import { unknownDiscard } from './discard-body.ts';

const mebibyte = 1_048_576;
const piece = Buffer.alloc(65_536, 'a');
const chunk = Buffer.concat([Buffer.from('10000\r\n'), piece, Buffer.from('\r\n')]);

/** An upper bound of what the kernels of both ends buffer unread. */
const inKernelBytes = 24 * mebibyte;

interface Raw {
  readonly socket: Socket;
  text(): string;
  /** Resolves with all that came, once the gateway has closed the connection. */
  closed(): Promise<string>;
}

/** @param halfOpen it keeps sending after the gateway has ended its side, as many programs do. */
function open(context: TestContext, gateway: TestGateway, halfOpen = false): Raw {
  const socket = connect({ port: gateway.gateway.port, host: '127.0.0.1', allowHalfOpen: halfOpen });
  let text = '';
  socket.on('error', () => undefined);
  socket.setEncoding('latin1').on('data', (more: string) => (text += more));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  context.after(() => socket.destroy());
  return { socket, text: () => text, closed: () => closed.then(() => text) };
}

const post = (...headers: readonly string[]): string =>
  ['POST /v1/chat/completions HTTP/1.1', 'Host: a', 'Authorization: Bearer wrong', ...headers, '', ''].join('\r\n');

/** Writes as fast as the connection accepts it, until all pieces are written or the connection has closed. */
async function send(socket: Socket, pieces: Iterable<Buffer>): Promise<void> {
  for (const one of pieces) {
    if (socket.closed || !socket.writable) return;
    if (!socket.write(one)) await drained(socket);
  }
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      socket.off('drain', finish).off('close', finish);
      resolve();
    };
    socket.on('drain', finish).on('close', finish);
  });
}

/** The error in a reply that is exactly one error envelope with nothing after it. */
function errorOf(reply: string, status: number): { code: string; param: string | null; message: string; type: string } {
  const end = reply.indexOf('\r\n\r\n');
  assert.match(reply.slice(0, end), new RegExp(`^HTTP/1\\.1 ${status} [A-Z]`));
  assert.match(reply.slice(0, end), /^content-type: application\/json$/im);
  const length = Number(/^content-length: (\d+)$/im.exec(reply.slice(0, end))?.[1]);
  const body = reply.slice(end + 4);
  assert.equal(body.length, length, reply);
  const { error } = JSON.parse(body) as {
    error: { code: string; param: string | null; message: string; type: string };
  };
  assert.deepEqual(Object.keys(error).toSorted(), ['code', 'message', 'param', 'type']);
  return error;
}

test('a client that sends 8 MiB with a wrong key before it reads anything reads the whole 401, each time', async (context) => {
  const gateway = await startTestGateway(context, []);
  for (let time = 0; time < 50; time++) {
    const { socket, closed } = open(context, gateway);
    socket.pause();
    const chunked = time % 2 === 1;
    socket.write(post(chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${8 * mebibyte}`));
    await send(
      socket,
      Array.from({ length: 128 }, () => (chunked ? chunk : piece)),
    );
    if (chunked) socket.write('0\r\n\r\n');
    socket.resume();
    const reply = await closed();
    assert.equal(errorOf(reply, 401).code, 'invalid_api_key', `time ${time}`);
    assert.match(reply, /^connection: close\r$/im);
  }
});

test('fetch reads the 401, too', async (context) => {
  const gateway = await startTestGateway(context, []);
  for (let time = 0; time < 5; time++) {
    const reply = await fetch(`${gateway.origin}/v1/chat/completions`, {
      method: 'POST',
      body: Buffer.alloc(8 * mebibyte, 'a'),
      headers: { authorization: 'Bearer wrong', 'content-type': 'application/json' },
    });
    assert.equal(reply.status, 401);
    assert.equal(((await reply.json()) as { error: { code: string } }).error.code, 'invalid_api_key');
  }
});

test('a client without a valid key that never stops sending is cut at the limit', async (context) => {
  const gateway = await startTestGateway(context, []);
  for (const header of ['Transfer-Encoding: chunked', `Content-Length: ${1_000 * mebibyte}`]) {
    const { socket, closed } = open(context, gateway, true);
    socket.write(post(header));
    await send(
      socket,
      (function* () {
        for (;;) yield header.startsWith('Transfer') ? chunk : piece;
      })(),
    );
    assert.equal(errorOf(await closed(), 401).code, 'invalid_api_key');
    assert.ok(socket.bytesWritten > unknownDiscard.maxBytes, `${socket.bytesWritten}`);
    assert.ok(socket.bytesWritten < unknownDiscard.maxBytes + inKernelBytes, `${socket.bytesWritten}`);
  }
});

test('a client without a valid key that sends ever so little is cut when its time is over', async (context) => {
  const gateway = await startTestGateway(context, [], { requestTimeoutMs: 1_500 });
  const { socket, closed } = open(context, gateway, true);
  socket.write(post('Content-Length: 1000000'));
  const drip = setInterval(() => socket.writable && socket.write('a'), 50);
  const reply = await closed().finally(() => clearInterval(drip));
  assert.equal(errorOf(reply, 401).code, 'invalid_api_key');
  assert.ok(socket.bytesWritten < 10_000);
});

test('after the refusal of a short body the connection is used again', async (context) => {
  const gateway = await startTestGateway(context, []);
  const { socket, text } = open(context, gateway);
  for (const times of [1, 2, 3]) {
    socket.write(post('Content-Length: 100000'));
    await until('the reply is there', 10_000, () => text().split('HTTP/1.1 401').length === times + 1);
    socket.write(Buffer.alloc(100_000, 'a'));
  }
  assert.doesNotMatch(text(), /connection: close/i);
});

test('an expectation that is not 100-continue is refused with the envelope', async (context) => {
  const gateway = await startTestGateway(context, []);
  for (const expectation of ['200-ok', '101-continue', 'a'.repeat(1_000)]) {
    const { socket, closed } = open(context, gateway);
    socket.write(post(`Expect: ${expectation}`, 'Content-Length: 1000000'));
    await send(
      socket,
      Array.from({ length: 16 }, () => piece),
    );
    const { code, message } = errorOf(await closed(), 417);
    assert.equal(code, 'unsupported_expectation');
    assert.ok(message.includes(`'${expectation.slice(0, 64)}'`), message);
  }
  const { socket, text } = open(context, gateway);
  socket.write(post('Expect: 100-continue', 'Content-Length: 3'));
  await until('the reply is there', 10_000, () => text().includes('HTTP/1.1 401'));
});

test('what never becomes a request is refused with the envelope, and the client reads it whatever it sends', async (context) => {
  const gateway = await startTestGateway(context, []);
  const cases: readonly (readonly [string, number, string])[] = [
    ['GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n', 400, 'bad_request_framing'],
    ['GET / HTTP/3.7\r\nHost: a\r\n\r\n', 400, 'bad_request_framing'],
    ['\u0016\u0003\u0001', 400, 'bad_request_framing'],
    [post('Transfer-Encoding: chunked') + 'zz\r\n', 400, 'bad_request_framing'],
    ['CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n', 405, 'method_not_allowed'],
    [`GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431, 'headers_too_large'],
    [`GET / HTTP/1.1\r\nHost: a\r\nx: ${'a'.repeat(20_000)}`, 431, 'headers_too_large'],
  ];
  for (const [head, status, code] of cases) {
    const { socket, closed } = open(context, gateway);
    socket.pause();
    socket.write(Buffer.from(head, 'latin1'));
    await send(
      socket,
      Array.from({ length: 64 }, () => piece),
    );
    socket.end();
    socket.resume();
    const reply = await closed();
    // The refusal of the key may come before the body's framing is found to be broken.
    if (head.includes('chunked')) errorOf(reply, reply.startsWith('HTTP/1.1 401') ? 401 : status);
    else assert.equal(errorOf(reply, status).code, code, head.slice(0, 80));
  }
});

test('broken framing behind a request whose reply has begun is not written into the reply', async (context) => {
  const model = await startScriptedUpstream('a', (_, response) => {
    beginStream(response);
    response.write(chatFrame('one ', { tokens: [1], role: true }));
  });
  context.after(() => model.close());
  const gateway = await startTestGateway(context, [model.endpoint]);
  const body = JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'hi' }] });
  const { socket, text, closed } = open(context, gateway);
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${gateway.apiKey}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  await until('the reply is there', 10_000, () => text().includes('one '));
  socket.write('no request at all\r\n\r\n');
  const reply = await closed();
  assert.equal(reply.split('HTTP/1.1 ').length, 2, 'one reply');
  assert.doesNotMatch(reply, /bad_request_framing/);
});
