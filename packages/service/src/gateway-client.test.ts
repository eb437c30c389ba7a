import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { z } from 'zod';
import { createGatewayClient, type GatewayCall, type GatewayClient } from './gateway-client.ts';

const schema = z.object({ data: z.array(z.object({ id: z.string() })) });
const call: GatewayCall = { method: 'GET', path: '/v1/models', keyId: 'key_1' };

/** A client of a gateway that answers like this. */
async function clientOf(context: TestContext, answer: RequestListener): Promise<GatewayClient> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = createGatewayClient({ url: `http://127.0.0.1:${port}`, key: () => 'kmk_test' });
  context.after(() => {
    client.close();
    server.closeAllConnections();
    server.close();
  });
  return client;
}

test('a whole reply is read as JSON', async (context) => {
  const client = await clientOf(context, (_, response) => response.end('{"data":[]}'));
  assert.deepEqual(await client.json(call, schema), { data: [] });
});

for (const [what, text] of [
  ['text', '<html>'],
  ['nothing', ''],
  ['half of an object', '{"data":['],
  ['null', 'null'],
  ['other members', '{"data":{}}'],
  ['other elements', '{"data":[null]}'],
] as const) {
  test(`a reply with ${what} in place of what the API gives is the failure of who sent it`, async (context) => {
    const client = await clientOf(context, (_, response) => response.end(text));
    await assert.rejects(client.json(call, schema), { code: 'upstream_error', status: 502 });
  });
}

test('a reply that breaks off is told as unavailable, with when to try again', async (context) => {
  const answers: readonly RequestListener[] = [
    (_, response) => response.writeHead(200, { 'content-length': '100' }).write('{"data":', () => response.destroy()),
    (_, response) => response.writeHead(200).write('{"data":[]}', () => response.destroy()),
  ];
  for (const answer of answers) {
    const client = await clientOf(context, answer);
    await assert.rejects(client.json(call, schema), { code: 'service_unavailable', status: 503, retryAfterMs: 1_000 });
  }
});

test('a refusal stays one when its body is not JSON or breaks off', async (context) => {
  const refused = await clientOf(context, (_, response) => response.writeHead(502).end('<html>'));
  await assert.rejects(refused.json(call, schema), { code: 'upstream_error' });
  const broken = await clientOf(context, (_, response) =>
    response.writeHead(400, { 'content-length': '100' }).write('{', () => response.destroy()),
  );
  await assert.rejects(broken.json(call, schema), { code: 'invalid_value' });
});

test('a call that was given up fails with the reason why it was', async (context) => {
  const leaving = new AbortController();
  const client = await clientOf(context, (_, response) => {
    response.writeHead(200).write('{', () => leaving.abort(new Error('no longer wanted')));
  });
  await assert.rejects(client.json({ ...call, signal: leaving.signal }, schema), { message: 'no longer wanted' });
});
