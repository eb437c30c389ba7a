import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultProjectLimits, type Me, meSchema } from '@kumiki/api';
import { until } from '@kumiki/testing';
import { beginStream, chatFrame, startScriptedUpstream } from '../testing/scripted-upstream.ts';
import { startTestGateway, type TestGateway } from '../testing/test-gateway.ts';

async function me(gateway: TestGateway, headers?: Record<string, string>): Promise<Me> {
  const init = { headers: headers ?? { authorization: `Bearer ${gateway.apiKey}` } };
  const reply = await fetch(`${gateway.origin}/v1/kumiki/me`, init);
  assert.equal(reply.status, 200);
  return meSchema.parse(await reply.json());
}

test('a key without the role admin sees who it is, what it may have and what remains now; asking costs nothing', async (context) => {
  const model = await startScriptedUpstream('a', (_, response) => {
    beginStream(response);
    response.write(chatFrame('one ', { tokens: [1], role: true }));
  });
  context.after(() => model.close());
  const limits = { requests_per_minute: 2, tokens_per_minute: 1_000, max_concurrent: 2 };
  const gateway = await startTestGateway(context, [model.endpoint], { limits });
  const { remaining, ...told } = await me(gateway);
  assert.deepEqual(told, {
    object: 'kumiki.me',
    id: 'key_test',
    name: 'test',
    project: 'default',
    roles: ['inference'],
    models: null,
    expires_at: null,
    limits,
    project_limits: defaultProjectLimits,
  });
  assert.deepEqual(remaining, { requests: 2, tokens: 1_000, concurrent: 2 });
  for (let time = 0; time < 5; time++) await me(gateway);
  const leaving = new AbortController();
  const messages = [{ role: 'user', content: 'hi' }];
  const body = JSON.stringify({ model: 'm', stream: true, max_tokens: 500, messages });
  const reply = await gateway.chat(body, { signal: leaving.signal });
  assert.equal(reply.status, 200);
  const during = await me(gateway);
  assert.equal(during.remaining.requests, 1);
  assert.equal(during.remaining.concurrent, 1);
  assert.ok(during.remaining.tokens !== null && during.remaining.tokens < 600, 'the answer is reserved');
  leaving.abort();
  await until('the place is free', 10_000, async () => (await me(gateway)).remaining.concurrent === 2);
  gateway.gateway.replaceProjectLimits([{ project: 'default', limits: { ...defaultProjectLimits, files: 5 } }]);
  assert.equal((await me(gateway)).project_limits.files, 5);
});

test('a browser sees the key of its session, and nobody else anything', async (context) => {
  const gateway = await startTestGateway(context, []);
  assert.equal((await me(gateway, { cookie: gateway.signIn() })).id, 'key_test');
  assert.deepEqual((await me(gateway)).remaining, { requests: null, tokens: null, concurrent: null });
  assert.equal((await fetch(`${gateway.origin}/v1/kumiki/me`)).status, 401);
  const posted = await gateway.chat('{}', { path: '/v1/kumiki/me' });
  assert.equal(posted.status, 405);
});
