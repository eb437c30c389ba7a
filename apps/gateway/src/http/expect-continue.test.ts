import assert from 'node:assert/strict';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { startScriptedUpstream } from '../testing/scripted-upstream.ts';
import { startTestGateway, type TestGateway } from '../testing/test-gateway.ts';

interface Asked {
  readonly status: number;
  /** Whether the gateway asked for the body, which is sent only then. */
  readonly continued: boolean;
  readonly text: string;
}

/** Sends a request that waits for leave to send its body. */
function ask(gateway: TestGateway, path: string, headers: Record<string, string>, body: string): Promise<Asked> {
  return new Promise((resolve, reject) => {
    let continued = false;
    const request = httpRequest(gateway.origin + path, {
      method: 'POST',
      headers: { expect: '100-continue', 'content-type': 'application/json', ...headers },
    });
    request.once('continue', () => {
      continued = true;
      request.end(body);
    });
    request.once('error', reject);
    request.once('response', (reply) => {
      let text = '';
      reply.setEncoding('utf8').on('data', (more: string) => (text += more));
      reply.once('error', reject).once('end', () => {
        request.destroy();
        resolve({ status: reply.statusCode ?? 0, continued, text });
      });
    });
    request.flushHeaders();
  });
}

async function startService(context: TestContext): Promise<{ readonly url: string; readonly bodies: string[] }> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (more: string) => (body += more));
    request.on('end', () => {
      bodies.push(body);
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies };
}

test('what is refused before its body is read is refused without asking for the body', async (context) => {
  const gateway = await startTestGateway(context, [], { limits: { max_concurrent: 1, requests_per_minute: 3 } });
  const key = { authorization: `Bearer ${gateway.apiKey}` };
  const chat = '/v1/chat/completions';
  const cases: readonly (readonly [string, Record<string, string>, number])[] = [
    [chat, { authorization: 'Bearer wrong', 'content-length': '8000000' }, 401],
    [chat, { authorization: 'Bearer wrong', 'transfer-encoding': 'chunked' }, 401],
    ['/v1/nothing', { ...key, 'content-length': '8000000' }, 404],
    ['/v1/models', { ...key, 'content-length': '8000000' }, 405],
    [chat, { ...key, 'content-length': '800000000' }, 413],
    [chat, { ...key, 'content-length': '3', 'content-type': 'text/plain' }, 400],
    // The three requests before this one count.
    [chat, { ...key, 'content-length': '3' }, 429],
  ];
  for (const [path, headers, status] of cases) {
    const asked = await ask(gateway, path, headers, 'a');
    assert.deepEqual([asked.status, asked.continued], [status, false], asked.text);
    assert.match(asked.text, /^\{"error":\{/);
  }
});

test('the body of a request that may be served is asked for, once', async (context) => {
  const model = await startScriptedUpstream('a', (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"choices":[]}');
  });
  context.after(() => model.close());
  const service = await startService(context);
  const gateway = await startTestGateway(context, [model.endpoint]);
  const key = { authorization: `Bearer ${gateway.apiKey}` };
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] });
  for (const sized of [{ 'content-length': String(body.length) }, { 'transfer-encoding': 'chunked' }]) {
    const asked = await ask(gateway, '/v1/chat/completions', { ...key, ...sized }, body);
    assert.deepEqual([asked.status, asked.continued], [200, true], asked.text);
  }
  gateway.routeBackend(service.url);
  // A form of unknown length is streamed, a short one is held.
  for (const sized of [{ 'transfer-encoding': 'chunked' }, { 'content-length': String(body.length) }]) {
    const headers = { ...key, ...sized, 'content-type': 'multipart/form-data; boundary=b' };
    const asked = await ask(gateway, '/v1/files', headers, body);
    assert.deepEqual([asked.status, asked.continued], [200, true], asked.text);
  }
  assert.deepEqual(service.bodies, [body, body]);
});
