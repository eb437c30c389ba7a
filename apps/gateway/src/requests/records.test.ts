import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { observedRequestQuerySchema, requestRecordSchema, type RequestRecord } from '@kumiki/api';
import {
  beginStream,
  chatFrame,
  doneFrame,
  startScriptedUpstream,
  usageFrame,
  type Script,
  type UpstreamChange,
} from '../testing/scripted-upstream.ts';
import { startTestGateway, type TestGateway } from '../testing/test-gateway.ts';

const secret = 'the moon is made of cheese';
const streaming = { model: 'alias', stream: true, temperature: 0, messages: [{ role: 'user', content: secret }] };

async function upstream(context: TestContext, id: string, script: Script, change: UpstreamChange = {}) {
  const started = await startScriptedUpstream(id, script, change);
  context.after(() => started.close());
  return started;
}

function recordsOf({ gateway }: TestGateway): RequestRecord[] {
  return gateway.requests.list(observedRequestQuerySchema.parse({ limit: 50 })).data;
}

/** The only record, once its request has ended. */
async function ended(test: TestGateway): Promise<RequestRecord> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const leave = test.gateway.requests.subscribe(({ outcome }) => void (outcome !== 'open' && resolve()));
  if (recordsOf(test)[0]?.outcome === 'open') await promise;
  leave();
  const [record, ...others] = recordsOf(test);
  assert.equal(others.length, 0);
  return requestRecordSchema.parse(record);
}

/** One word, then cut; a continuation gets the rest and how long it took. */
const breaksOnce: Script = (body, response) => {
  beginStream(response);
  if (!('kumiki_continuation' in body)) {
    return void response.write(chatFrame('one ', { tokens: [1], role: true }), () => response.destroy());
  }
  const rest = chatFrame('two', { tokens: [2] }) + chatFrame('', { finish: 'stop', tokens: [] }) + usageFrame;
  response.end(`${rest}: timings 1.5 20.25 300\n${doneFrame}`);
};

test('a broken stream is one record: two attempts, one continuation, what the last worker measured', async (context) => {
  const [a, b] = [await upstream(context, 'a', breaksOnce), await upstream(context, 'b', breaksOnce)];
  const gateway = await startTestGateway(context, [a.endpoint, b.endpoint]);
  const response = await gateway.chat(streaming);
  const text = await response.text();
  assert.ok(text.endsWith(doneFrame) && !text.includes('timings'), 'the timings are ours alone');
  const record = await ended(gateway);
  assert.equal(record.id, response.headers.get('x-request-id'));
  assert.deepEqual(
    [record.outcome, record.status, record.retries, record.continuations, record.model, record.service, record.stream],
    ['completed', 200, 0, 1, 'm', 'm', true],
  );
  assert.deepEqual([record.prompt_tokens, record.completion_tokens, record.revision], [7, 5, 'r1']);
  const [first, second] = record.attempts;
  assert.equal(first?.outcome, 'failed');
  assert.match(first.reason ?? '', /closed the connection|broke/);
  assert.equal(first.failure, 'broken');
  assert.deepEqual([second?.outcome, second?.replica], ['completed', record.replica]);
  assert.deepEqual([second?.queue_ms, second?.prefill_ms, second?.decode_ms], [1.5, 20.25, 300]);
  const times = [record.started_at, first.started_at, record.first_token_at, first.ended_at, second?.started_at];
  assert.deepEqual(
    times,
    times.toSorted((x, y) => (x ?? 0) - (y ?? 0)),
  );
  assert.ok(Math.abs(record.started_at - Date.now()) < 60_000);
});

test('a server that tells no timings, or tells nonsense, is served all the same', async (context) => {
  for (const comment of ['', ': timings a b c\n', ': timings 1 2\n', ': timings\n', ': something else\n']) {
    const only = await upstream(context, 'a', (_body, response) => {
      beginStream(response);
      response.end(chatFrame('one', { finish: 'stop', tokens: [1], role: true }) + comment + doneFrame);
    });
    const gateway = await startTestGateway(context, [only.endpoint]);
    const text = await (await gateway.chat(streaming)).text();
    assert.ok(text.endsWith(doneFrame), comment);
    const { attempts, outcome } = await ended(gateway);
    assert.deepEqual([outcome, attempts.length, attempts[0]?.queue_ms], ['completed', 1, null]);
  }
});

test('a whole reply brings its timings in a header that the client does not see', async (context) => {
  const only = await upstream(context, 'a', (_body, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'x-kumiki-timings': '0.1 2.0 3.0' });
    const usage = {
      prompt_tokens: 9,
      completion_tokens: 4,
      total_tokens: 13,
      prompt_tokens_details: { cached_tokens: 8 },
    };
    response.end(JSON.stringify({ choices: [], usage }));
  });
  const gateway = await startTestGateway(context, [only.endpoint]);
  const response = await gateway.chat({ ...streaming, stream: false });
  assert.equal(response.headers.get('x-kumiki-timings'), null);
  await response.text();
  const record = await ended(gateway);
  assert.deepEqual([record.prompt_tokens, record.cached_tokens, record.completion_tokens], [9, 8, 4]);
  assert.deepEqual([record.first_token_at, record.attempts[0]?.decode_ms], [null, 3]);
});

test('refusals are remembered with their code, whoever refused', async (context) => {
  const only = await upstream(context, 'a', (_body, response) => {
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { message: secret, type: 'invalid_request_error', code: secret } }));
  });
  const cases = [
    [streaming, 400, null],
    [{ ...streaming, model: 'unknown' }, 404, 'model_not_found'],
    ['{', 400, 'invalid_json'],
  ] as const;
  for (const [body, status, code] of cases) {
    const gateway = await startTestGateway(context, [only.endpoint]);
    assert.equal((await gateway.chat(body)).status, status);
    const record = await ended(gateway);
    assert.deepEqual([record.outcome, record.status, record.error_code], ['failed', status, code]);
  }
});

test('a client that leaves has cancelled its request', async (context) => {
  const only = await upstream(context, 'a', (_body, response) => {
    beginStream(response);
    response.write(chatFrame('one', { tokens: [1], role: true }));
  });
  const gateway = await startTestGateway(context, [only.endpoint]);
  const leaving = new AbortController();
  const response = await gateway.chat(streaming, { signal: leaving.signal });
  await response.body?.getReader().read();
  assert.equal(gateway.gateway.requests.open(), 1);
  const [open] = recordsOf(gateway);
  assert.deepEqual([open?.outcome, open?.status, open?.attempts[0]?.outcome], ['open', 200, 'open']);
  leaving.abort();
  const record = await ended(gateway);
  assert.deepEqual([record.outcome, record.error_code], ['cancelled', null]);
  assert.equal(gateway.gateway.requests.open(), 0);
});

test('nothing that a person or a model wrote is in a record, even where a server quotes it in an error', async (context) => {
  const quotes: Script = (_body, response, nth) => {
    if (nth % 2 === 1) {
      response.writeHead(500, { 'content-type': 'application/json' });
      return void response.end(JSON.stringify({ error: { message: `cannot answer: ${secret}`, code: secret } }));
    }
    beginStream(response);
    const error = JSON.stringify({ error: { message: secret, type: 'server_error', code: null } });
    response.end(`${chatFrame(secret, { tokens: [1], role: true })}data: ${error}\n\n`);
  };
  const only = await upstream(context, 'a', quotes, { continuation: 'none' });
  const gateway = await startTestGateway(context, [only.endpoint]);
  await (await gateway.chat({ ...streaming, user: secret })).text();
  const record = await ended(gateway);
  assert.equal(record.outcome, 'failed');
  assert.ok(record.attempts.length >= 2);
  assert.doesNotMatch(JSON.stringify(record), /moon|cheese/);
});

test('what fails again and again is an error of ours, every attempt of it told', async (context) => {
  const only = await upstream(context, 'a', (_body, response) => void response.writeHead(500).end());
  const gateway = await startTestGateway(context, [only.endpoint]);
  assert.equal((await gateway.chat({ ...streaming, stream: false })).status, 502);
  const record = await ended(gateway);
  assert.deepEqual([record.status, record.error_code], [502, 'upstream_error']);
  assert.ok(record.attempts.length > 1);
  assert.equal(record.retries, record.attempts.length - 1);
  assert.ok(gateway.gateway.load().load.errors_per_second > 0);
});

test('a request for another service is one record, in the trace of who caused it', async (context) => {
  const service = createServer((request, response) => {
    response.end(JSON.stringify({ traceparent: request.headers['traceparent'] }));
  });
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  context.after(() => service.close());
  const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  const gateway = await startTestGateway(context, []);
  gateway.routeBackend(url);
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const headers = { authorization: `Bearer ${gateway.apiKey}`, traceparent };
  const reply = await fetch(`${gateway.origin}/v1/files/file_1?x=${secret}`, { headers });
  const sent = ((await reply.json()) as { traceparent: string }).traceparent;
  const record = await ended(gateway);
  assert.deepEqual(
    [record.kind, record.path, record.status, record.replica, record.outcome, record.key_id],
    ['service', '/v1/files/file_1', 200, url, 'completed', 'key_test'],
  );
  assert.deepEqual([record.trace_id, record.parent_span_id], [traceparent.slice(3, 35), traceparent.slice(36, 52)]);
  assert.equal(sent, `00-${record.trace_id}-${record.span_id}-01`);
});
