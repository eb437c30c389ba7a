import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { endWith } from './end-with.ts';

test('a body of any bytes and any length arrives as it is', async (context) => {
  const bodies = [0, 1, 100, 8_192, 8_193, 100_000].map((length) => randomBytes(length));
  bodies.push(Buffer.from('{"content":"組木 – ünïcode 😀\\u0000"}'));
  const server = createServer((request, response) => {
    const body = bodies[Number(request.url?.slice(1))] ?? assert.fail(request.url);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    endWith(response, body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const [index, body] of bodies.entries()) {
    for (const method of ['GET', 'HEAD']) {
      const reply = await fetch(`${origin}/${index}`, { method });
      assert.equal(reply.headers.get('content-length'), String(body.length));
      const got = Buffer.from(await reply.arrayBuffer());
      assert.ok(got.equals(method === 'HEAD' ? Buffer.alloc(0) : body), `${method} ${body.length}`);
    }
  }
});
