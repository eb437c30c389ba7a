import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ErrorCode, errorTable } from '@kumiki/api';
import { type Product, startProduct } from '../product/product.ts';
import { simulatedModel } from '../product/simulated-model.ts';
import { expectErrorBody } from './expect-error.ts';
import { type RawReply, holdsReplies, openRawConnection, parseReplies } from './raw-connection.ts';

const limitMs = 10_000;
const slowHeadersMs = 1_000;
const slowBodyMs = 2_000;

let product: Product;
before(async () => {
  product = await startProduct([simulatedModel('sim')], {
    headersTimeoutMs: slowHeadersMs,
    requestTimeoutMs: slowBodyMs,
  });
});
after(() => product[Symbol.asyncDispose]());

const body = JSON.stringify({ model: 'sim', messages: [{ role: 'user', content: 'Hi' }], max_completion_tokens: 2 });

function head(...extra: readonly string[]): string {
  return [
    'POST /v1/chat/completions HTTP/1.1',
    'Host: kumiki',
    `Authorization: Bearer ${product.apiKey}`,
    'Content-Type: application/json',
    ...extra,
    '',
    '',
  ].join('\r\n');
}

const request = (): string => head(`Content-Length: ${body.length}`) + body;

/** Sends the bytes and returns the replies up to the close of the connection by the server. */
async function repliesTo(bytes: string | Buffer): Promise<RawReply[]> {
  using connection = await openRawConnection(product.port);
  connection.write(bytes);
  return parseReplies(await connection.closed(limitMs));
}

/** The bytes give exactly one reply, a refusal, and the connection is closed; nothing after them is served. */
async function expectOneRefusal(name: string, bytes: string | Buffer, codes: readonly ErrorCode[]): Promise<void> {
  const replies = await repliesTo(bytes).catch((error: unknown) => {
    throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
  });
  assert.equal(replies.length, 1, `${name}: ${replies.map(({ status }) => status).join(', ')}`);
  const [reply] = replies;
  assert.ok(reply !== undefined);
  expectErrorBody(reply.body, codes, name);
  const { code } = (JSON.parse(reply.body) as { error: { code: ErrorCode } }).error;
  assert.equal(reply.status, errorTable[code].status, name);
  assert.equal(reply.headers.get('connection'), 'close', name);
}

/** Two consecutive requests on a new connection are still answered. */
async function expectSane(): Promise<void> {
  using connection = await openRawConnection(product.port);
  connection.write(request() + request());
  const replies = parseReplies(await connection.received(limitMs, (text) => holdsReplies(text, 2)));
  assert.deepEqual(
    replies.map(({ status }) => status),
    [200, 200],
  );
  assert.equal(connection.isClosed, false);
}

test('requests that two servers could read as different ones are refused and the connection is closed', async () => {
  const smuggled = `GET /v1/models HTTP/1.1\r\nHost: kumiki\r\nAuthorization: Bearer ${product.apiKey}\r\n\r\n`;
  const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  const length = `Content-Length: ${body.length}`;
  const attempts: Readonly<Record<string, string>> = {
    'both a length and chunks': head(length, 'Transfer-Encoding: chunked') + chunked + smuggled,
    'chunks, then a length': head('Transfer-Encoding: chunked', 'Content-Length: 4') + chunked + smuggled,
    'two lengths': head(length, 'Content-Length: 5') + body + smuggled,
    'two equal lengths': head(length, length) + body + smuggled,
    'a list of lengths': head(`Content-Length: ${body.length}, 5`) + body + smuggled,
    'a signed length': head(`Content-Length: +${body.length}`) + body + smuggled,
    'a negative length': head('Content-Length: -1') + body + smuggled,
    'a hexadecimal length': head(`Content-Length: 0x${body.length.toString(16)}`) + body + smuggled,
    'an overflowing length': head('Content-Length: 99999999999999999999999') + body + smuggled,
    'a coding that is not chunked last': head('Transfer-Encoding: chunked, identity') + chunked + smuggled,
    'a coding that looks like chunked': head('Transfer-Encoding: xchunked') + chunked + smuggled,
    'a space before the colon': head(`Content-Length : ${body.length}`) + body + smuggled,
    'a folded header': head(`X-Folded: a\r\n b`, length) + body + smuggled,
    'a header line without a colon': head('Nothing', length) + body + smuggled,
    'bare line feeds': (head(length) + body).replaceAll('\r\n', '\n') + smuggled,
    'a bare carriage return': head(`X-Bare: a\rTransfer-Encoding: chunked`, length) + body + smuggled,
    'a null byte in a header': head('X-Null: a\0b', length) + body + smuggled,
    'a chunk size that is no number': `${head('Transfer-Encoding: chunked')}zz\r\n${body}\r\n0\r\n\r\n${smuggled}`,
    'a chunk size that overflows': `${head('Transfer-Encoding: chunked')}fffffffffffffffff\r\n${body}\r\n0\r\n\r\n`,
    'a chunk longer than it says': `${head('Transfer-Encoding: chunked')}3\r\n${body}\r\n0\r\n\r\n${smuggled}`,
    'a chunk that ends with a line feed':
      head('Transfer-Encoding: chunked') + chunked.replaceAll('\r\n', '\n') + smuggled,
    'no Host': (head(length) + body).replace('Host: kumiki\r\n', '') + smuggled,
    'HTTP/1.1 twice in the request line': `GET /v1/models HTTP/1.1 HTTP/1.1\r\nHost: a\r\n\r\n${smuggled}`,
    'a made-up version': `GET /v1/models HTTP/9.9\r\nHost: a\r\n\r\n${smuggled}`,
    'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'a TLS client': '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003',
    'no HTTP at all': 'hello there\r\n\r\n',
  };
  for (const [name, bytes] of Object.entries(attempts)) {
    await expectOneRefusal(name, Buffer.from(bytes, 'latin1'), ['bad_request_framing']);
  }
  await expectSane();
});

test('headers that are too large are refused', async () => {
  await expectOneRefusal('one large header', head(`X-Large: ${'a'.repeat(100_000)}`), ['headers_too_large']);
  await expectOneRefusal('a long path', `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, [
    'headers_too_large',
  ]);
  const many = Array.from({ length: 3_000 }, (_, index) => `X-${index}: aaaaaaaa`);
  await expectOneRefusal('many headers', head(...many), ['headers_too_large']);
  await expectSane();
});

test('a client that dribbles its headers is ended in time', async () => {
  using connection = await openRawConnection(product.port);
  const startedAt = performance.now();
  connection.write('POST /v1/chat/completions HTTP/1.1\r\nHost: kumiki\r\n');
  const dribble = setInterval(() => connection.write('X-Slow: a\r\n'), 100);
  const [reply] = parseReplies(await connection.closed(limitMs).finally(() => clearInterval(dribble)));
  assert.equal(reply?.status, 408);
  expectErrorBody(reply.body, ['request_timeout'], 'slow headers');
  assert.ok(performance.now() - startedAt < slowHeadersMs + 6_000);
  await expectSane();
});

test('a client that dribbles its body is ended in time', async () => {
  using connection = await openRawConnection(product.port);
  connection.write(head('Content-Length: 100000'));
  const dribble = setInterval(() => connection.write(' '), 100);
  const [reply] = parseReplies(await connection.closed(limitMs).finally(() => clearInterval(dribble)));
  assert.equal(reply?.status, 408);
  expectErrorBody(reply.body, ['request_timeout'], 'slow body');
  await expectSane();
});

test('a refused request leaves its connection usable when its end is known', async () => {
  using connection = await openRawConnection(product.port);
  const broken = '{"model":"sim",';
  connection.write(head(`Content-Length: ${broken.length}`) + broken + request());
  const replies = parseReplies(await connection.received(limitMs, (text) => holdsReplies(text, 2)));
  assert.deepEqual(
    replies.map(({ status }) => status),
    [400, 200],
  );
});

test('pipelined requests are answered each and in order', async () => {
  using connection = await openRawConnection(product.port);
  const models = `GET /v1/models HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${product.apiKey}\r\n\r\n`;
  connection.write(request() + models + request() + models);
  const replies = parseReplies(await connection.received(limitMs, (text) => holdsReplies(text, 4)));
  assert.deepEqual(
    replies.map((reply) => (JSON.parse(reply.body) as { object: string }).object),
    ['chat.completion', 'list', 'chat.completion', 'list'],
  );
});

test('an honest chunked body, in pieces of one byte, is read', async () => {
  using connection = await openRawConnection(product.port);
  const pieces = body
    .split('')
    .map((character) => `1\r\n${character}\r\n`)
    .join('');
  connection.write(head('Transfer-Encoding: chunked') + pieces);
  connection.write('0\r\n\r\n');
  const [reply] = parseReplies(await connection.received(limitMs, (text) => holdsReplies(text, 1)));
  assert.equal(reply?.status, 200);
});

test('upgrades, CONNECT and odd methods do no harm', async () => {
  const upgrade = 'GET /v1/models HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n';
  const connect = 'CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n';
  const trace = 'TRACE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
  const options = 'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
  for (const bytes of [upgrade, connect, trace, options]) {
    using connection = await openRawConnection(product.port);
    connection.write(bytes);
    const text = await connection.received(limitMs, (sofar) => connection.isClosed || holdsReplies(sofar, 1));
    assert.doesNotMatch(text, /^HTTP\/1\.1 (2|101)/, bytes);
  }
  await expectSane();
});

test('clients that leave in the middle of anything leave nothing behind', async () => {
  const whole = request();
  for (let cut = 10; cut < whole.length; cut += 37) {
    using connection = await openRawConnection(product.port);
    connection.write(whole.slice(0, cut));
  }
  await expectSane();
});
