import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { until } from '@kumiki/testing';
import { readFrames, startTestWorker, testModel, type TestWorker } from '../testing/test-worker.ts';

const chat = '/v1/chat/completions';
const long = (more: Readonly<Record<string, unknown>> = {}): unknown => ({
  model: testModel,
  messages: [{ role: 'user', content: '[[length=100000]]' }],
  stream: true,
  ...more,
});

const workers: TestWorker[] = [];
after(() => Promise.all(workers.map((worker) => worker.close())));

async function start(options: Parameters<typeof startTestWorker>[0]): Promise<TestWorker> {
  const worker = await startTestWorker(options);
  workers.push(worker);
  return worker;
}

interface Health {
  status: string;
  running: number;
  waiting: number;
  kv_cache_usage: number;
}

async function health(worker: TestWorker): Promise<Health & { code: number }> {
  const response = await fetch(`${worker.url}/health`);
  return { code: response.status, ...((await response.json()) as Health) };
}

test('when the client leaves, the engine stops and the place is free', async () => {
  const worker = await start({
    engine: { maxSequences: 1, contextTokens: 200_000 },
    simulated: { interTokenLatencyMs: 1 },
  });
  const leaving = new AbortController();
  const response = await fetch(worker.url + chat, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(long()),
    signal: leaving.signal,
  });
  await response.body!.getReader().read();
  assert.equal((await health(worker)).running, 1);
  leaving.abort();
  await until('nothing runs', 60_000, async () => {
    const { running, kv_cache_usage } = await health(worker);
    return running === 0 && kv_cache_usage === 0;
  });
});

test('beyond its queue a worker refuses with 429 and a time, before any reply begins', async () => {
  const worker = await start({
    engine: { maxSequences: 1, maxWaiting: 1, contextTokens: 200_000 },
    simulated: { interTokenLatencyMs: 5 },
  });
  const leaving = new AbortController();
  const post = (): Promise<Response> =>
    fetch(worker.url + chat, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(long()),
      signal: leaving.signal,
    });
  const running = await post();
  const waiting = await post();
  assert.deepEqual([running.status, waiting.status], [200, 200]);
  assert.deepEqual([(await health(worker)).running, (await health(worker)).waiting], [1, 1]);
  const refused = await post();
  assert.equal(refused.status, 429);
  assert.ok(Number(refused.headers.get('retry-after')) >= 1);
  assert.equal(((await refused.json()) as { error: { code: string } }).error.code, 'queue_full');
  // The waiting request gets a comment every second.
  const { value } = await waiting.body!.getReader().read();
  assert.equal(Buffer.from(value ?? []).toString(), ': ping\n\n');
  leaving.abort();
  await until(
    'nothing runs',
    60_000,
    async () => (await health(worker)).running + (await health(worker)).waiting === 0,
  );
});

test('an engine that stands still is not alive, and its streams fall silent; then it goes on', async () => {
  const worker = await start({
    engine: { contextTokens: 200_000 },
    simulated: { interTokenLatencyMs: 2 },
    stallMs: 300,
  });
  const response = await worker.post(chat, long({ max_tokens: 400, logprobs: false }));
  const reader = response.body!.getReader();
  await reader.read();
  worker.faults.order({ fault: 'hang', after_tokens: 5, factor: 1, scope: 'one' });
  let text = '';
  const read = async (): Promise<void> => {
    for (let part = await reader.read(); !part.done; part = await reader.read())
      text += Buffer.from(part.value).toString();
  };
  const whole = read();
  await until('health says stalled', 60_000, async () => {
    const { code, status } = await health(worker);
    return code === 503 && status === 'stalled';
  });
  const stalledAt = performance.now();
  const before = text;
  await until(
    'a stream that is not stalled would have had a ping',
    60_000,
    () => performance.now() - stalledAt > 1_500,
  );
  assert.equal(text, before);
  worker.faults.clear();
  await whole;
  assert.match(text, /\[DONE\]/);
  assert.equal((await health(worker)).code, 200);
});

test('faults on command: refuse, cut, garbage, slow, die', async () => {
  const worker = await start({ engine: { contextTokens: 200_000 } });
  const order = async (fault: unknown): Promise<void> => {
    const response = await worker.post('/simulated/faults', fault);
    assert.equal(response.status, 200, await response.text());
  };
  const ask = (): Promise<Response> => worker.post(chat, long({ max_tokens: 50 }));
  await order({ fault: 'refuse' });
  const refused = await ask();
  assert.equal(refused.status, 503);
  await refused.body?.cancel();
  assert.equal((await readFrames(await ask())).at(-1), 'data: [DONE]');
  await order({ fault: 'cut', after_tokens: 10 });
  await assert.rejects(ask().then(readFrames));
  await order({ fault: 'garbage', after_tokens: 10 });
  const frames = await readFrames(await ask());
  assert.equal(frames.filter((frame) => !frame.startsWith('data: ')).length, 1);
  await order({ fault: 'slow', factor: 2, for_ms: 10 });
  assert.equal((await readFrames(await ask())).at(-1), 'data: [DONE]');
  await order({ fault: 'die', after_tokens: 20 });
  await (await ask()).text();
  assert.equal(worker.deaths, 1);
});

test('a client that never reads is waited for, and stalls nobody', async () => {
  const worker = await start({ engine: { contextTokens: 1_100_000 }, simulated: { kvBlocks: 100_000 } });
  const { port } = new URL(worker.url);
  const body = JSON.stringify(long({ messages: [{ role: 'user', content: '[[length=1000000]]' }] }));
  const socket = connect(Number(port), '127.0.0.1');
  socket.pause();
  socket.write(
    `POST ${chat} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  const generated = async (): Promise<number> =>
    Number(/^vllm:generation_tokens_total.* (\d+)$/m.exec(await (await fetch(`${worker.url}/metrics`)).text())?.[1]);
  let last = 0;
  await until('the engine waits for the client', 60_000, async () => {
    const before = last;
    last = await generated();
    // Only a stream that has had a token can have stopped.
    return last > 0 && before === last;
  });
  assert.ok(last < 500_000);
  assert.equal((await health(worker)).running, 1);
  const other = await worker.post(chat, long({ max_tokens: 500, stream_options: { include_usage: true } }));
  assert.match(await other.text(), /"completion_tokens":500,/);
  assert.equal((await health(worker)).code, 200);
  socket.destroy();
  await until('its place is free', 60_000, async () => (await health(worker)).running === 0);
});

test('a draining worker finishes what runs and refuses what is new', async () => {
  const worker = await start({ engine: { contextTokens: 200_000 }, simulated: { interTokenLatencyMs: 3 } });
  const response = await worker.post(chat, long({ max_tokens: 100 }));
  const drained = worker.drain(20_000);
  const refused = await worker.post(chat, long());
  assert.equal(refused.status, 503);
  assert.equal(((await refused.json()) as { error: { code: string } }).error.code, 'draining');
  assert.equal((await health(worker)).status, 'draining');
  assert.equal((await readFrames(response)).at(-1), 'data: [DONE]');
  await drained;
});

test('metrics have the names that dashboards for vLLM ask for, and count', async () => {
  const worker = await start({});
  await (await worker.post(chat, long({ max_tokens: 40 }))).text();
  const text = await (await fetch(`${worker.url}/metrics`)).text();
  const value = (name: string): number => Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1]);
  assert.equal(value('vllm:generation_tokens_total'), 40);
  assert.ok(value('vllm:prompt_tokens_total') > 10);
  assert.equal(value('vllm:inter_token_latency_seconds_count'), 39);
  assert.equal(value('vllm:num_requests_running'), 0);
  for (const name of [
    'num_requests_waiting',
    'kv_cache_usage_perc',
    'time_to_first_token_seconds_count',
    'e2e_request_latency_seconds_count',
    'prefix_cache_queries_total',
    'prefix_cache_hits_total',
    'request_success_total',
    'request_queue_time_seconds_count',
    'request_prompt_tokens_count',
    'request_generation_tokens_count',
  ]) {
    assert.ok(value(`vllm:${name}`) >= 0, name);
  }
  assert.match(text, /vllm:request_success_total\{[^}]*finished_reason="length"/);
  assert.match(text, /model_name="test-model"/);
  assert.match(text, /simulated="true"/);
});

test('more choices than sequences run one after the other', async () => {
  const worker = await start({ engine: { maxSequences: 2, maxWaiting: 0 } });
  const response = await worker.post(chat, { ...(long({ max_tokens: 5, n: 8, stream: false }) as object) });
  const { choices } = (await response.json()) as { choices: { index: number }[] };
  assert.deepEqual(
    choices.map(({ index }) => index),
    [0, 1, 2, 3, 4, 5, 6, 7],
  );
});
