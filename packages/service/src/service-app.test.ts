import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KumikiError } from '@kumiki/api';
import { createLog } from './log.ts';
import { createServiceApp } from './service-app.ts';

const log = createLog({ service: 'test', level: 'silent' });

test('what the router itself refuses comes in the envelope, with a code of the table', async () => {
  const { app } = await createServiceApp({ owner: 'search', token: 't', log, requestTimeoutMs: 5_000 });
  app.get('/v1/files/:file', () => ({}));
  const ask = async (url: string): Promise<readonly [status: number, code: string]> => {
    const reply = await app.inject({ url, headers: { authorization: 'Bearer t' } });
    const { error } = reply.json<{ error: KumikiError }>();
    assert.ok(error.message.length < 400);
    return [reply.statusCode, error.code];
  };
  assert.deepEqual(await ask('/v1/files'), [404, 'unknown_route']);
  assert.deepEqual(await ask(`/v1/files/${'x'.repeat(200)}`), [404, 'not_found']);
  assert.deepEqual(await ask(`/v1/files/${'x'.repeat(5_000)}`), [404, 'not_found']);
  assert.deepEqual(await ask('/v1/files/%zz'), [400, 'invalid_value']);
  await app.close();
});

test('other requests have a turn between the reading of a large body and the work of its route', async (context) => {
  const { app } = await createServiceApp({ owner: 'conversations', token: 't', log, requestTimeoutMs: 5_000 });
  let turn = 0;
  let ticking = true;
  const tick = (): void => {
    turn++;
    if (ticking) setImmediate(tick);
  };
  setImmediate(tick);
  context.after(() => (ticking = false));
  let readIn = 0;
  context.mock.method(JSON, 'parse', (text: string) => {
    readIn = turn;
    return text.length;
  });
  let workedIn = 0;
  app.post('/v1/conversations', (request) => {
    workedIn = turn;
    return { length: request.body };
  });
  const send = (length: number) =>
    app.inject({
      method: 'POST',
      url: '/v1/conversations',
      headers: { authorization: 'Bearer t', 'content-type': 'application/json' },
      body: `{"name":"${'x'.repeat(length - 11)}"}`,
    });
  assert.equal((await send(600_000)).body, '{"length":600000}');
  assert.ok(workedIn > readIn, `${workedIn} after ${readIn}`);
  assert.equal((await send(1_000)).body, '{"length":1000}');
  assert.equal(workedIn, readIn);
  await app.close();
});
