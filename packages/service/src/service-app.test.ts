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
