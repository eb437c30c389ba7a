import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { startTestGateway, type TestGateway } from '../testing/test-gateway.ts';

const mebibyte = 1_048_576;

/** A connection that has sent the first bytes of a chat's body and will send more. */
function begin(context: TestContext, gateway: TestGateway, key: string, framing: string, sent: Buffer): Socket {
  const socket = connect(gateway.gateway.port, '127.0.0.1');
  socket.on('error', () => undefined);
  context.after(() => socket.destroy());
  const type = 'Content-Type: application/json';
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${key}\r\n${type}\r\n${framing}\r\n\r\n`,
  );
  socket.write(sent);
  return socket;
}

async function codeOf(response: Response): Promise<[number, string]> {
  const { error } = (await response.json()) as { error: { code: string } };
  return [response.status, error.code];
}

const large = Buffer.alloc(10 * mebibyte, ' ');

/** Keeps `count` unfinished bodies open. One that is refused for lack of memory is replaced by another. */
function keepBegun(count: number, one: () => Socket): { readonly top: () => void; readonly open: Set<Socket> } {
  const open = new Set<Socket>();
  const top = (): void => {
    while (open.size < count) {
      const socket = one();
      open.add(socket);
      socket.once('data', () => socket.destroy());
      socket.once('close', () => open.delete(socket));
    }
  };
  return { top, open };
}

/** Sends requests until one is refused for lack of memory. */
async function untilRefused(gateway: TestGateway, top: () => void): Promise<Response> {
  for (;;) {
    top();
    const response = await gateway.chat(large.toString());
    if (response.status === 503) return response;
    await response.body?.cancel();
  }
}

test('bodies that are held have a share of memory, and what goes beyond is told when to come again', async (context) => {
  // A key has two of the largest bodies: 64 MiB.
  const gateway = await startTestGateway(context, [], { edge: { bodyMemoryBytes: 128 * mebibyte } });
  const holders = keepBegun(4, () =>
    begin(context, gateway, gateway.apiKey, `Content-Length: ${30 * mebibyte}`, Buffer.alloc(16 * mebibyte, ' ')),
  );
  const refused = await untilRefused(gateway, holders.top);
  assert.deepEqual([refused.headers.get('retry-after'), refused.headers.get('x-should-retry')], ['1', 'true']);
  assert.deepEqual(await codeOf(refused), [503, 'overloaded']);
  // Small requests are refused too. Another key has its own share.
  const open = [...holders.open];
  for (const holder of open) holder.destroy();
  await Promise.all(open.filter((holder) => !holder.closed).map((holder) => once(holder, 'close')));
  for (;;) {
    const [status] = await codeOf(await gateway.chat(large.toString()));
    if (status === 400) break;
    assert.equal(status, 503);
  }
});

test('a body in pieces of one byte takes the memory of its bytes, and is read', async (context) => {
  const gateway = await startTestGateway(context, []);
  const body = JSON.stringify({ model: 'none', messages: [{ role: 'user', content: 'x'.repeat(3_000) }] });
  const socket = begin(context, gateway, gateway.apiKey, 'Transfer-Encoding: chunked', Buffer.alloc(0));
  for (const letter of body) socket.write(`1\r\n${letter}\r\n`);
  socket.write('0\r\n\r\n');
  const [text] = (await once(socket, 'data')) as [Buffer];
  assert.match(text.toString(), /^HTTP\/1\.1 404 [^]*model_not_found/);
});

test('a body that makes no progress is cut, with and without its length said', async (context) => {
  const gateway = await startTestGateway(context, [], { requestTimeoutMs: 600 });
  for (const framing of ['Content-Length: 1000000', 'Transfer-Encoding: chunked']) {
    const socket = begin(context, gateway, gateway.apiKey, framing, Buffer.alloc(0));
    const drip = setInterval(() => socket.write(framing.startsWith('C') ? ' ' : '1\r\n \r\n'), 50);
    const [text] = (await once(socket, 'data')) as [Buffer];
    clearInterval(drip);
    assert.match(text.toString(), /^HTTP\/1\.1 408 [^]*request_timeout/, framing);
  }
});
