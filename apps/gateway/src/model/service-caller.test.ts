import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
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

const streaming = { model: 'm', stream: true, temperature: 0, messages: [{ role: 'user', content: 'hi' }] };
const sentence = ['one ', 'two ', 'three ', 'four ', 'five'];
const frames = sentence.map((word, at) => chatFrame(word, { tokens: [100 + at], role: at === 0 }));
const finish = chatFrame('', { finish: 'stop', tokens: [] });
const soonOver = { connectMs: 500, headersMs: 500, firstTokenMs: 500, betweenTokensMs: 600, totalMs: 400 };
const forgotten = ': tokens-forgotten\n\n';

async function upstream(context: TestContext, id: string, script: Script, change: UpstreamChange = {}) {
  const started = await startScriptedUpstream(id, script, change);
  context.after(() => started.close());
  return started;
}

/** Sends the sentence, after the tokens of a continuation if there is one; breaks off after `breakAfter` words. */
function words(breakAfter = Number.POSITIVE_INFINITY): Script {
  return (body, response) => {
    const continuation = body['kumiki_continuation'] as
      | { choices: { token_ids: number[]; finished: boolean }[] }
      | undefined;
    const [choice] = continuation?.choices ?? [];
    beginStream(response);
    const rest = frames.slice(choice?.token_ids.length ?? 0);
    response.write(rest.slice(0, breakAfter).join(''), () => {
      if (rest.length > breakAfter) return response.destroy();
      response.end((choice?.finished === true ? '' : finish) + usageFrame + doneFrame);
    });
  };
}

/** Sends a request as a service does. */
function ask(gateway: TestGateway, body: unknown, extra: Record<string, string> = {}): Promise<Response> {
  const headers = {
    authorization: `Bearer ${gateway.serviceKey}`,
    'content-type': 'application/json',
    'x-kumiki-act-for': 'key_test',
    ...extra,
  };
  return gateway.chat(body, { headers });
}

const withTokens = { 'x-kumiki-token-ids': '1' };

async function codeOf(response: Response): Promise<string> {
  return ((await response.json()) as { error: { code: string } }).error.code;
}

test('a service has the rights of the key that it acts for, and none without one', async (context) => {
  const worker = await upstream(context, 'a', words());
  const gateway = await startTestGateway(context, [worker.endpoint]);
  assert.equal((await ask(gateway, streaming)).status, 200);
  for (const [actFor, status, code] of [
    ['key_unknown', 401, 'invalid_api_key'],
    ['key_expired', 401, 'invalid_api_key'],
    ['key_others', 404, 'model_not_found'],
    ['key_service', 403, 'permission_denied'],
  ] as const) {
    const response = await ask(gateway, streaming, { 'x-kumiki-act-for': actFor });
    assert.deepEqual([response.status, await codeOf(response)], [status, code], actFor);
  }
  const headers = { authorization: `Bearer ${gateway.serviceKey}` };
  assert.equal((await gateway.chat(streaming, { headers })).status, 403);
});

test('what a service does for a key counts by its limits: tokens always, requests where nobody waits', async (context) => {
  const worker = await upstream(context, 'a', words());
  const limits = { requests_per_minute: 1, tokens_per_minute: 600, max_concurrent: 1 };
  // A limit so small that its refill during the test does not matter.
  const small = { ...streaming, max_tokens: 8 };
  const gateway = await startTestGateway(context, [worker.endpoint], { limits });
  for (let at = 0; at < 3; at++) {
    assert.equal((await ask(gateway, small)).status, 200, 'its client was counted');
  }
  const low = { 'x-kumiki-priority': 'low' };
  assert.equal((await ask(gateway, small, low)).status, 200);
  const refused = await ask(gateway, small, low);
  assert.deepEqual([refused.status, await codeOf(refused)], [429, 'rate_limit_exceeded']);
  assert.ok(Number(refused.headers.get('retry-after')) > 30);
  assert.equal(await codeOf(await gateway.chat(streaming)), 'rate_limit_exceeded', 'one limit for both');
  assert.equal((await ask(gateway, { ...streaming, max_tokens: 20_000 })).status, 429, 'beyond its tokens');
});

test('what only services may ask for is not heard from anybody else', async (context) => {
  const worker = await upstream(context, 'a', words(), { maxInFlight: 1 });
  const gateway = await startTestGateway(context, [worker.endpoint]);
  const headers = {
    authorization: `Bearer ${gateway.apiKey}`,
    'content-type': 'application/json',
    'x-kumiki-act-for': 'key_unknown',
    'x-kumiki-priority': 'low',
    ...withTokens,
  };
  const response = await gateway.chat(streaming, { headers });
  assert.equal(response.headers.get('x-kumiki-revision'), null);
  assert.ok(!(await response.text()).includes('tokens'));
  for (const resume of [{ revision: null, frames: '' }, null]) {
    const refused = await gateway.chat({ ...streaming, kumiki_resume: resume }, { headers });
    assert.equal(await codeOf(refused), 'unknown_parameter');
  }
});

test('low priority gets 429 where half of the room is in use, while others go on', async (context) => {
  const held = Promise.withResolvers<void>();
  const worker = await upstream(
    context,
    'a',
    (_, response) => {
      beginStream(response);
      response.write(frames.join(''));
      void held.promise.then(() => response.end(finish + usageFrame + doneFrame));
    },
    { maxInFlight: 2 },
  );
  const gateway = await startTestGateway(context, [worker.endpoint]);
  const low = { 'x-kumiki-priority': 'low' };
  const first = await ask(gateway, streaming, low);
  assert.equal(first.status, 200);
  const second = await ask(gateway, streaming, low);
  assert.deepEqual([second.status, second.headers.get('retry-after')], [429, '1']);
  assert.equal(await codeOf(second), 'queue_full');
  const live = await gateway.chat(streaming);
  assert.equal(live.status, 200);
  held.resolve();
  await Promise.all([first.text(), live.text()]);
});

test('a service gets token ids and their revision', async (context) => {
  const worker = await upstream(context, 'a', words());
  const gateway = await startTestGateway(context, [worker.endpoint]);
  const response = await ask(gateway, streaming, withTokens);
  assert.equal(response.headers.get('x-kumiki-revision'), 'r1');
  const text = await response.text();
  assert.deepEqual(
    text.match(/^: tokens 0 .*$/gm)?.slice(0, 5),
    [100, 101, 102, 103, 104].map((id) => `: tokens 0 ${id}`),
  );
  assert.ok(!text.includes('usage') && text.endsWith(doneFrame));
});

test('an answer is resumed at any cut, and a whole one only ended', async (context) => {
  const worker = await upstream(context, 'a', words());
  const gateway = await startTestGateway(context, [worker.endpoint]);
  const all = [...frames, finish];
  for (let cut = 0; cut <= all.length; cut++) {
    const kumiki_resume = { revision: 'r1', frames: all.slice(0, cut).join('') };
    const response = await ask(gateway, { ...streaming, kumiki_resume }, withTokens);
    const rest = (await response.text()).replaceAll(',"usage":null', '');
    assert.equal(rest, (all.slice(cut).join('') + doneFrame).replaceAll(',"usage":null', ''), `cut at ${cut}`);
    assert.equal(response.headers.get('x-kumiki-revision'), 'r1');
  }
  assert.equal(worker.received.length, all.length, 'nobody was asked about the whole one');
  assert.ok(worker.received.every(({ body }) => !('kumiki_resume' in body)));

  const usage = { ...streaming, stream_options: { include_usage: true } };
  const almost = { revision: 'r1', frames: all.join('') };
  const response = await ask(gateway, { ...usage, kumiki_resume: almost }, withTokens);
  assert.equal(await response.text(), usageFrame + doneFrame, 'only the usage was missing');
  const whole = { revision: 'r1', frames: all.join('') + usageFrame };
  assert.equal(await (await ask(gateway, { ...usage, kumiki_resume: whole }, withTokens)).text(), doneFrame);
});

test('a resumed answer survives the next death too', async (context) => {
  const first = await upstream(context, 'a', words(2));
  const second = await upstream(context, 'b', words());
  const gateway = await startTestGateway(context, [first.endpoint, second.endpoint]);
  const kumiki_resume = { revision: 'r1', frames: frames.slice(0, 1).join('') };
  for (let at = 0; first.received.length === 0; at++) {
    assert.ok(at < 50, 'the first replica is never asked');
    const response = await ask(gateway, { ...streaming, kumiki_resume }, withTokens);
    const rest = (await response.text()).replaceAll(',"usage":null', '');
    assert.equal(rest, (frames.slice(1).join('') + finish + doneFrame).replaceAll(',"usage":null', ''));
  }
});

test('where token ids mean nothing any more the answer goes on from text, and the service is told once', async (context) => {
  const worker = await upstream(
    context,
    'a',
    (body, response) => {
      const { messages } = body as { messages: { role: string; content: string }[] };
      assert.equal(messages.at(-1)?.content, 'one two ');
      beginStream(response);
      response.end(
        ['three ', 'four ', 'five'].map((word) => chatFrame(word)).join('') + finish + usageFrame + doneFrame,
      );
    },
    { revision: 'r2' },
  );
  const gateway = await startTestGateway(context, [worker.endpoint]);
  for (const kumiki_resume of [
    { revision: 'r1', frames: frames.slice(0, 2).join('') },
    { revision: 'r2', frames: forgotten + frames.slice(0, 2).join('') },
    { revision: null, frames: `${frames.slice(0, 2).join('')}: ping\n\n` },
  ]) {
    const response = await ask(gateway, { ...streaming, kumiki_resume }, withTokens);
    const text = await response.text();
    assert.equal(response.headers.get('x-kumiki-revision'), null);
    assert.ok(text.startsWith(forgotten));
    assert.equal(text.split(forgotten).length, 2);
    assert.equal([...text.matchAll(/"content":"([^"]*)"/g)].map(([, word]) => word).join(''), 'three four five');
    assert.ok(!text.includes(': tokens 0'));
  }
});

test('what only another revision could go on with is not waited for long, and refused as broken', async (context) => {
  const worker = await upstream(context, 'a', words(), { revision: 'r2' });
  const gateway = await startTestGateway(context, [worker.endpoint]);
  const tools = [{ type: 'function', function: { name: 'look' } }];
  const kumiki_resume = { revision: 'r1', frames: frames.slice(0, 2).join('') };
  const startedAt = performance.now();
  const response = await ask(gateway, { ...streaming, temperature: 1, tools, kumiki_resume }, withTokens);
  assert.deepEqual([response.status, await codeOf(response)], [502, 'stream_interrupted']);
  assert.ok(performance.now() - startedAt < 12_000);
  assert.equal(worker.received.length, 0);
});

test('a service is told what failed where its reader is told that the answer broke', async (context) => {
  const stalled = await upstream(context, 'a', (_, response) => {
    beginStream(response);
    response.write(frames[0] ?? '');
  });
  const gateway = await startTestGateway(context, [stalled.endpoint], { route: { deadlines: soonOver } });
  const headers = { authorization: `Bearer ${gateway.apiKey}`, 'content-type': 'application/json' };
  const [service, reader] = await Promise.all([
    ask(gateway, streaming, withTokens).then((response) => response.text()),
    gateway.chat(streaming, { headers }).then((response) => response.text()),
  ]);
  assert.match(service, /"code":"upstream_timeout"/);
  assert.match(reader, /"code":"stream_interrupted"/);
});

test('a resume that nobody could go on from is refused', async (context) => {
  const worker = await upstream(context, 'a', words());
  const gateway = await startTestGateway(context, [worker.endpoint]);
  for (const resume of [
    null,
    'text',
    { frames: '' },
    { revision: 'r1', frames: 'data: {' },
    { revision: 'r1', frames: 'data: no JSON\n\n' },
    { revision: 'r1', frames: '', more: 1 },
  ]) {
    const response = await ask(gateway, { ...streaming, kumiki_resume: resume }, withTokens);
    assert.deepEqual([response.status, await codeOf(response)], [400, 'invalid_value'], JSON.stringify(resume));
  }
  const whole = await ask(gateway, { ...streaming, stream: false, kumiki_resume: { revision: null, frames: '' } });
  assert.equal(await codeOf(whole), 'invalid_value');
  assert.equal(worker.received.length, 0);
});
