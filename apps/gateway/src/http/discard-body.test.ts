import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { discardBody, type DiscardLimits, knownDiscard, mayKeep, unknownDiscard, withinMs } from './discard-body.ts';

const limits: DiscardLimits = {
  keepBytes: 0,
  keepUnsized: false,
  maxBytes: 1_000_000,
  maxMs: 60_000,
  silenceMs: 60_000,
};

/** A server that answers each request before its body, and both ends of a connection to it. */
async function connectTo(
  context: TestContext,
  change: Partial<DiscardLimits>,
  close: boolean,
): Promise<{ readonly client: Socket; readonly server: Socket; text(): string }> {
  const server = createServer((request, response) => {
    if (close) response.setHeader('connection', 'close');
    response.end('ok');
    discardBody(request, response, { ...limits, ...change });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const { port } = server.address() as AddressInfo;
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let text = '';
  client.on('error', () => undefined).on('data', (more) => (text += String(more)));
  context.after(() => {
    client.destroy();
    server.close();
    server.closeAllConnections();
  });
  return { client, server: (await accepted)[0], text: () => text };
}

const head = (length: number, ...more: readonly string[]): string =>
  ['POST / HTTP/1.1', 'Host: a', `Content-Length: ${length}`, ...more, '', ''].join('\r\n');

test('a connection that closes sends its end with the reply, and is read on until the body has come', async (context) => {
  for (const close of [true, false]) {
    const { client, server, text } = await connectTo(context, {}, close);
    // Without `connection: close` in the reply, the client may ask for it.
    client.write(head(100_000, ...(close ? [] : ['Connection: close'])));
    await once(client, 'end');
    assert.match(text(), /ok$/);
    assert.equal(server.destroyed, false, 'it is read on');
    client.write(Buffer.alloc(100_000));
    await once(server, 'close');
    assert.ok(server.bytesRead > 100_000);
  }
});

test('a connection that stays carries the next request', async (context) => {
  const { client, text } = await connectTo(context, {}, false);
  for (const times of [1, 2]) {
    client.write(head(100_000));
    client.write(Buffer.alloc(100_000));
    while (text().split('ok').length <= times) await once(client, 'data');
  }
});

test('a connection is cut beyond the bytes, after the time, and when nothing comes', async (context) => {
  const bytes = await connectTo(context, { maxBytes: 500_000 }, true);
  bytes.client.write(head(10_000_000));
  for (let count = 0; count < 10; count++) bytes.client.write(Buffer.alloc(100_000));
  await once(bytes.server, 'close');
  assert.ok(bytes.server.bytesRead > 500_000);

  const silent = await connectTo(context, { silenceMs: 200 }, true);
  silent.client.write(head(1_000));
  await once(silent.server, 'close');

  const slow = await connectTo(context, { maxMs: 600, silenceMs: 200 }, true);
  slow.client.write(head(1_000));
  const drip = setInterval(() => slow.client.write('a'), 20);
  await once(slow.server, 'close').finally(() => clearInterval(drip));
  assert.ok(slow.server.bytesRead < 1_000);
});

test('of somebody without a key a short body alone leaves the connection usable', () => {
  const keeps = (headers: Record<string, string>, by: DiscardLimits): boolean => mayKeep({ headers } as never, by);
  assert.equal(keeps({ 'content-length': '131072' }, unknownDiscard), true);
  assert.equal(keeps({ 'content-length': '131073' }, unknownDiscard), false);
  assert.equal(keeps({ 'transfer-encoding': 'chunked' }, unknownDiscard), false);
  assert.equal(keeps({ 'transfer-encoding': 'chunked' }, knownDiscard), true);
  assert.equal(keeps({ 'content-length': '67108865' }, knownDiscard), false);
  assert.equal(withinMs(knownDiscard, 1_000).maxMs, 1_000);
});
