import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beginStream, chatFrame, doneFrame, startScriptedUpstream } from '../testing/scripted-upstream.ts';
import { startTestGateway } from '../testing/test-gateway.ts';

const request = { model: 'm', stream: true, messages: [{ role: 'user', content: 'hi' }] };
const large = 1_000_000;

test('what a request did not use is given back to its key, whatever became of it', async (context) => {
  const server = await startScriptedUpstream('a', (body, response) => {
    if (body['seed'] === 400) return void response.writeHead(400).end('{"error":{"message":"no"}}');
    beginStream(response);
    response.write(chatFrame('one', { tokens: [1], role: true }));
    if (body['seed'] === 200) response.end(chatFrame('', { finish: 'stop', tokens: [] }) + doneFrame);
  });
  context.after(() => server.close());
  const { chat } = await startTestGateway(context, [server.endpoint], { limits: { tokens_per_minute: 1_000 } });

  const refused = await chat({ ...request, seed: 400, max_tokens: large });
  assert.equal(refused.status, 400);
  await refused.text();

  const withoutUsage = await chat({ ...request, seed: 200, max_tokens: 900 });
  assert.equal(withoutUsage.status, 200, 'a refused request costs nothing');
  await withoutUsage.text();

  const abort = new AbortController();
  const left = await chat({ ...request, seed: 1, max_tokens: 900 }, { signal: abort.signal });
  assert.equal(left.status, 200, 'a stream without usage costs what was shown');
  await left.body?.getReader().read();
  abort.abort();
  await server.received[2]?.closed;

  const next = await chat({ ...request, seed: 200, max_tokens: 900 });
  assert.equal(next.status, 200, 'a stream that was left costs what was shown');
  await next.text();
});
