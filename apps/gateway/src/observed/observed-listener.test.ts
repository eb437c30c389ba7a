import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { observedLoadSchema, observedPaths, observedRequestsSchema, requestRecordSchema } from '@kumiki/api';
import { openHop } from '../http/random-ids.ts';
import { createLoadMeter } from '../load/load-meter.ts';
import { createRequestLog } from '../requests/request-log.ts';
import { startObservedListener } from './observed-listener.ts';

const key = {
  id: 'key_a',
  name: 'a',
  project: 'p',
  hash: '',
  roles: ['inference'],
  models: null,
  limits: { requests_per_minute: null, tokens_per_minute: null, max_concurrent: null },
  expiresAt: null,
} as const;

async function start(context: TestContext) {
  const log = createRequestLog();
  const meter = createLoadMeter(() => 0);
  const listener = await startObservedListener(
    { host: '127.0.0.1', port: 0, token: 'the token of this test' },
    {
      load: () => ({ open_requests: log.open(), load: meter.read(0) }),
      requests: log.list,
      sessions: () => ({ data: [{ id: 'session_1', last_used_at: 7 }] }),
      subscribe: log.subscribe,
    },
  );
  context.after(async () => {
    meter.stop();
    await listener.close();
  });
  const ask = (path: string, token = 'the token of this test'): Promise<Response> =>
    fetch(`http://127.0.0.1:${listener.port}${path}`, { headers: { authorization: `Bearer ${token}` } });
  const begin = (id: string, startedAt: number) =>
    log.begin({
      id,
      hop: openHop(undefined),
      method: 'POST',
      path: '/v1/files',
      kind: 'service',
      service: null,
      key,
      startedAt,
    });
  return { ask, begin, listener };
}

test('nothing is told without the token, and nothing but what is listed with it', async (context) => {
  const { ask } = await start(context);
  for (const path of Object.values(observedPaths)) assert.equal((await ask(path, 'another')).status, 401);
  assert.equal((await ask('/metrics')).status, 404);
  assert.equal((await ask(`${observedPaths.requests}?limit=0`)).status, 400);
});

test('requests, load and sessions are told in the shapes of the contract', async (context) => {
  const { ask, begin } = await start(context);
  begin('one', 1);
  begin('two', 2);
  const page = observedRequestsSchema.parse(await (await ask(`${observedPaths.requests}?limit=1`)).json());
  assert.deepEqual([page.data.map(({ id }) => id), page.has_more], [['two'], true]);
  assert.equal(observedLoadSchema.parse(await (await ask(observedPaths.load)).json()).open_requests, 2);
  assert.deepEqual(await (await ask(observedPaths.sessions)).json(), { data: [{ id: 'session_1', last_used_at: 7 }] });
});

test('records are told as they move, and a stream ends in good order with the listener', async (context) => {
  const { ask, begin, listener } = await start(context);
  const reply = await ask(observedPaths.live);
  begin('one', 1);
  let text = '';
  let closing: Promise<void> | null = null;
  for await (const chunk of reply.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (text.includes('data: ')) closing ??= listener.close();
  }
  await closing;
  const frame = text.split('\n\n').find((one) => one.startsWith('data: ')) ?? '';
  assert.equal(requestRecordSchema.parse(JSON.parse(frame.slice('data: '.length))).id, 'one');
});
