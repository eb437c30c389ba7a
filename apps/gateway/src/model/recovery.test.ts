import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { defaultRecoveryLimits } from '@kumiki/policy';
import {
  beginStream,
  chatFrame,
  doneFrame,
  startScriptedUpstream,
  usageFrame,
  type Script,
  type UpstreamChange,
} from '../testing/scripted-upstream.ts';
import { startTestGateway } from '../testing/test-gateway.ts';

const streaming = { model: 'm', stream: true, temperature: 0, messages: [{ role: 'user', content: 'hi' }] };

async function upstream(context: TestContext, id: string, script: Script, change: UpstreamChange = {}) {
  const started = await startScriptedUpstream(id, script, change);
  context.after(() => started.close());
  return started;
}

/** The text that a client assembles, and whether the stream ended with the end mark. */
function readStream(text: string): {
  text: string;
  done: boolean;
  error: string | null;
  ids: Set<string>;
  raw: string;
} {
  let content = '';
  let error: string | null = null;
  const ids = new Set<string>();
  for (const frame of text.split('\n\n')) {
    if (!frame.startsWith('data: ') || frame === 'data: [DONE]') continue;
    const chunk = JSON.parse(frame.slice(6)) as {
      id: string;
      choices?: { delta: { content?: string } }[];
      error?: { code: string };
    };
    if (chunk.error !== undefined) error = chunk.error.code;
    else ids.add(chunk.id);
    content += chunk.choices?.[0]?.delta.content ?? '';
  }
  return { text: content, done: text.includes('[DONE]'), error, ids, raw: text };
}

/**
 * Streams the words, one token each, beginning after the tokens of a continuation; breaks off after it has sent
 * `breakAfter` words itself.
 */
function words(list: readonly string[], breakAfter = Number.POSITIVE_INFINITY, how: 'cut' | 'stall' = 'cut'): Script {
  return (body, response) => {
    const continuation = body['kumiki_continuation'] as { choices: { token_ids: number[] }[] } | undefined;
    const from = continuation?.choices[0]?.token_ids.length ?? 0;
    beginStream(response);
    const frames = list.map((word, at) => chatFrame(word, { tokens: [100 + at], role: at === 0 })).slice(from);
    response.write(frames.slice(0, breakAfter).join(''), () => {
      if (frames.length > breakAfter) return how === 'cut' ? response.destroy() : undefined;
      response.end(chatFrame('', { finish: 'stop', tokens: [] }) + usageFrame + doneFrame);
    });
  };
}

const sentence = ['one ', 'two ', 'three ', 'four ', 'five'];

test('a stream that is cut goes on at another replica from its token ids, unseen by the client', async (context) => {
  const first = await upstream(context, 'a', words(sentence, 2));
  const second = await upstream(context, 'b', words(sentence));
  const { chat, route } = await startTestGateway(context, [first.endpoint]);
  const response = await chat(streaming);
  route([first.endpoint, second.endpoint]);
  const result = readStream(await response.text());
  assert.equal(result.text, sentence.join(''));
  assert.ok(result.done);
  assert.equal(result.ids.size, 1);
  assert.ok(!result.raw.includes('tokens'), 'the comments are ours alone');
  assert.ok(!result.raw.includes('usage'), 'usage is hidden from who did not ask');
  assert.deepEqual(second.received[0]?.body['kumiki_continuation'], {
    id: 'chatcmpl-1',
    created: 1_700_000_000,
    choices: [{ index: 0, token_ids: [100, 101], finished: false }],
  });
  assert.equal(second.received[0]?.headers.authorization, 'Bearer worker-secret');
});

test('a stream that falls silent is left within the deadline, and many breaks in a row are survived', async (context) => {
  const stalled = await upstream(context, 'a', words(sentence, 1, 'stall'));
  const { chat, route } = await startTestGateway(context, [stalled.endpoint]);
  const response = await chat(streaming);
  const others = [];
  for (const id of ['b', 'c', 'd']) others.push(await upstream(context, id, words(sentence, 1)));
  route([
    stalled.endpoint,
    ...others.map((other) => other.endpoint),
    (await upstream(context, 'e', words(sentence))).endpoint,
  ]);
  const startedAt = performance.now();
  const result = readStream(await response.text());
  assert.equal(result.text, sentence.join(''));
  assert.ok(result.done);
  assert.ok(performance.now() - startedAt < 8_000);
  await stalled.received[0]?.closed;
});

test('without a replica that can go on, the client gets an error in the stream and no [DONE]', async (context) => {
  const only = await upstream(context, 'a', words(sentence, 2), { continuation: 'none' });
  const { chat } = await startTestGateway(context, [only.endpoint]);
  const result = readStream(await (await chat(streaming)).text());
  assert.equal(result.text, 'one two ');
  assert.equal(result.error, 'stream_interrupted');
  assert.equal(result.done, false);
});

test('a server that names no token ids is asked again, and what the client has is skipped', async (context) => {
  let calls = 0;
  const script: Script = (_body, response) => {
    calls++;
    beginStream(response);
    const id = `chatcmpl-${calls}`;
    const frames = sentence.map((word, at) => chatFrame(word, { id, role: at === 0 }));
    response.write(frames.slice(0, calls === 1 ? 3 : 5).join(''), () => {
      if (calls === 1) response.destroy();
      else response.end(chatFrame('', { id, finish: 'stop' }) + usageFrame + doneFrame);
    });
  };
  const server = await upstream(context, 'a', script, { continuation: 'replay' });
  const { chat } = await startTestGateway(context, [server.endpoint]);
  const result = readStream(await (await chat(streaming)).text());
  assert.equal(result.text, sentence.join(''));
  assert.deepEqual([...result.ids], ['chatcmpl-1']);
  assert.ok(result.done);
});

test('a server that answers otherwise when asked again does not get to mix two answers', async (context) => {
  let calls = 0;
  const script: Script = (_body, response) => {
    calls++;
    beginStream(response);
    const texts = calls === 1 ? sentence.slice(0, 3) : ['something ', 'else'];
    response.write(texts.map((word, at) => chatFrame(word, { role: at === 0 })).join(''), () => response.destroy());
  };
  const server = await upstream(context, 'a', script, { continuation: 'replay' });
  const { chat } = await startTestGateway(context, [server.endpoint]);
  const result = readStream(await (await chat(streaming)).text());
  assert.equal(result.text, 'one two three ');
  assert.equal(result.error, 'stream_interrupted');
});

test('text goes on as the beginning of the assistant message where a server takes that', async (context) => {
  let calls = 0;
  const script: Script = (body, response) => {
    calls++;
    beginStream(response);
    if (calls === 1)
      return void response.write(chatFrame('', { role: true }) + chatFrame('one ') + chatFrame('two '), () =>
        response.destroy(),
      );
    assert.equal(body['max_tokens'], 7, 'the role was no token');
    assert.deepEqual(body['messages'], [...streaming.messages, { role: 'assistant', content: 'one two ' }]);
    assert.equal(body['continue_final_message'], true);
    assert.equal(body['add_generation_prompt'], false);
    response.end(
      chatFrame('three', { role: true, id: 'other' }) + chatFrame('', { finish: 'stop', id: 'other' }) + doneFrame,
    );
  };
  const server = await upstream(context, 'a', script, { continuation: 'prefill' });
  const { chat } = await startTestGateway(context, [server.endpoint]);
  const result = readStream(await (await chat({ ...streaming, temperature: 1, max_tokens: 9 })).text());
  assert.equal(result.text, 'one two three');
  assert.deepEqual([...result.ids], ['chatcmpl-1']);
});

test('a dead replica costs a request nothing but a retry, streamed or not', async (context) => {
  const dead = await upstream(context, 'dead', () => {});
  await dead.close();
  const alive = await upstream(context, 'alive', (body, response) => {
    if (body['stream'] === true) return words(sentence)(body, response, 1);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ok: true, usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } }));
  });
  const { chat } = await startTestGateway(context, [dead.endpoint, alive.endpoint]);
  for (let round = 0; round < 6; round++) {
    assert.equal(readStream(await (await chat(streaming)).text()).text, sentence.join(''));
    const whole = await chat({ ...streaming, stream: false });
    assert.equal(whole.status, 200);
    assert.equal(((await whole.json()) as { ok: boolean }).ok, true);
  }
});

test('a request that breaks every replica is given up, not tried for ever', async (context) => {
  const broken = await upstream(
    context,
    'a',
    (_body, response) => void response.writeHead(500).end('{"error":{"message":"boom"}}'),
  );
  const { chat } = await startTestGateway(context, [broken.endpoint]);
  const response = await chat(streaming);
  assert.equal(response.status, 502);
  assert.match(((await response.json()) as { error: { message: string } }).error.message, /boom/);
  assert.ok(broken.received.length <= defaultRecoveryLimits.maxAttemptsWithoutProgress + 1);
});

test('a refusal of the request itself is passed on once, in our envelope', async (context) => {
  const server = await upstream(
    context,
    'a',
    (_body, response) =>
      void response.writeHead(400).end('{"object":"error","message":"too long","type":"BadRequestError","code":400}'),
  );
  const { chat } = await startTestGateway(context, [server.endpoint]);
  const response = await chat(streaming);
  assert.equal(response.status, 400);
  const { error } = (await response.json()) as { error: Record<string, unknown> };
  assert.equal(error['message'], 'too long');
  assert.deepEqual(Object.keys(error).sort(), ['code', 'message', 'param', 'type']);
  assert.equal(server.received.length, 1);
});

test('when every replica is busy the client gets 429 with a time, at once', async (context) => {
  const script: Script = (_body, response) => void response.writeHead(429).end('{"error":{"message":"queue full"}}');
  const a = await upstream(context, 'a', script);
  const b = await upstream(context, 'b', script);
  const { chat } = await startTestGateway(context, [a.endpoint, b.endpoint]);
  const response = await chat(streaming);
  assert.equal(response.status, 429);
  assert.ok(Number(response.headers.get('retry-after')) >= 1);
  assert.equal(response.headers.get('x-should-retry'), 'true');
});

test('a request waits for a replica that is about to come', async (context) => {
  const { chat, route } = await startTestGateway(context, []);
  const answer = chat(streaming);
  const late = await upstream(context, 'late', words(sentence));
  route([late.endpoint]);
  assert.equal(readStream(await (await answer).text()).text, sentence.join(''));
});

test('when the client leaves, the engine is told at once', async (context) => {
  const server = await upstream(context, 'a', words(sentence, 1, 'stall'));
  const { chat } = await startTestGateway(context, [server.endpoint], {
    route: {
      deadlines: {
        connectMs: 1_000,
        headersMs: 60_000,
        firstTokenMs: 60_000,
        betweenTokensMs: 60_000,
        totalMs: 60_000,
      },
    },
  });
  const abort = new AbortController();
  const response = await chat(streaming, { signal: abort.signal });
  await response.body?.getReader().read();
  abort.abort();
  await server.received[0]?.closed;
});

test('whoever asks for usage gets it, and an alias reaches the server as the real name', async (context) => {
  const server = await upstream(context, 'a', words(sentence));
  const { chat } = await startTestGateway(context, [server.endpoint]);
  const text = await (await chat({ ...streaming, model: 'alias', stream_options: { include_usage: true } })).text();
  assert.ok(text.includes('"prompt_tokens":7'));
  assert.equal(server.received[0]?.body['model'], 'm');
});

test('draining waits for the streams that run and takes nothing new', async (context) => {
  let finish = (): void => {};
  const server = await upstream(context, 'a', (_body, response) => {
    beginStream(response);
    response.write(chatFrame('one', { tokens: [1], role: true }));
    finish = () => void response.end(chatFrame('', { finish: 'stop', tokens: [] }) + doneFrame);
  });
  const { chat, gateway, origin } = await startTestGateway(context, [server.endpoint], {
    route: {
      deadlines: {
        connectMs: 1_000,
        headersMs: 60_000,
        firstTokenMs: 60_000,
        betweenTokensMs: 60_000,
        totalMs: 60_000,
      },
    },
  });
  const response = await chat(streaming);
  const drained = gateway.drain(10_000);
  await assert.rejects(fetch(origin));
  finish();
  assert.ok(readStream(await response.text()).done);
  await drained;
});

const patient = {
  connectMs: 1_000,
  headersMs: 60_000,
  firstTokenMs: 60_000,
  betweenTokensMs: 60_000,
  totalMs: 60_000,
};

test('draining for clients waits for theirs, and not for what services ask for', async (context) => {
  for (const [whose, leastMs] of [
    ['client', 300],
    ['service', 0],
  ] as const) {
    const server = await upstream(context, 'a', (_body, response) => {
      beginStream(response);
      response.write(chatFrame('one', { tokens: [1], role: true }));
    });
    const { chat, gateway, serviceKey } = await startTestGateway(context, [server.endpoint], {
      route: { deadlines: patient },
    });
    const ofService = { authorization: `Bearer ${serviceKey}`, 'x-kumiki-act-for': 'key_test' };
    const headers = { ...ofService, 'content-type': 'application/json' };
    const response = await chat(streaming, whose === 'client' ? {} : { headers });
    const startedAt = performance.now();
    await gateway.drain(whose === 'client' ? leastMs : 60_000, 'clients');
    const tookMs = performance.now() - startedAt;
    assert.ok(tookMs >= leastMs - 10 && tookMs < leastMs + 30_000, `${whose}: ${tookMs} ms`);
    await response.body?.cancel();
  }
});

test('a client that is refused by its key or its path learns why', async (context) => {
  const { origin, chat, apiKey } = await startTestGateway(context, []);
  assert.equal((await fetch(`${origin}/v1/models`)).status, 401);
  assert.equal((await fetch(`${origin}/v1/nothing`, { headers: { authorization: `Bearer ${apiKey}` } })).status, 404);
  assert.equal(
    (await fetch(`${origin}/v1/chat/completions`, { headers: { authorization: `Bearer ${apiKey}` } })).status,
    405,
  );
  const missing = await chat({ ...streaming, model: 'mm' });
  assert.equal(missing.status, 404);
  assert.match(((await missing.json()) as { error: { message: string } }).error.message, /Did you mean 'm'/);
  assert.equal((await chat({ ...streaming, kumiki_continuation: {} })).status, 400);
  assert.ok(missing.headers.get('x-request-id'));
});

test('an upstream that sends the same bytes in any pieces gives the client the same stream', async (context) => {
  const bytes = Buffer.from(
    sentence.map((word, at) => chatFrame(`${word}日本`, { tokens: [at], role: at === 0 })).join('') +
      chatFrame('', { finish: 'stop', tokens: [] }) +
      doneFrame,
  );
  const server = await upstream(context, 'a', (body, response) => {
    beginStream(response);
    const size = Number(body['seed']);
    const next = async (): Promise<void> => {
      for (let at = 0; at < bytes.length; at += size) {
        if (!response.write(bytes.subarray(at, at + size))) await once(response, 'drain');
      }
      response.end();
    };
    void next();
  });
  const { chat } = await startTestGateway(context, [server.endpoint]);
  const results = new Set<string>();
  for (const seed of [1, 2, 5, 64, 333, 100_000]) results.add(await (await chat({ ...streaming, seed })).text());
  assert.equal(results.size, 1);
});

test('a request without a stream is moved from a replica that stands still, by its health probe', async (context) => {
  const still = await upstream(context, 'still', () => {}, { answersHealth: false, healthProbe: true });
  const alive = await upstream(context, 'alive', (_body, response) => void response.end('{"ok":true}'), {
    healthProbe: true,
  });
  const { chat, route } = await startTestGateway(context, [still.endpoint]);
  const answer = chat({ ...streaming, stream: false });
  const arrived = setInterval(() => {
    if (still.received.length > 0) route([still.endpoint, alive.endpoint]);
  }, 10);
  const response = await answer;
  clearInterval(arrived);
  assert.deepEqual(await response.json(), { ok: true });
  assert.equal(response.headers.get('x-kumiki-replica'), 'alive');
  // It stays out of use until a probe succeeds.
  for (let round = 0; round < 4; round++) await (await chat({ ...streaming, stream: false })).text();
  assert.equal(still.received.length, 1);
});

test('a server that sends garbage when asked again does not take the gateway down', async (context) => {
  const garbage = ['{garbage', 'null', '7', '{}', '{"choices":[{"index":0}]}', '{"choices":[null]}'];
  let calls = 0;
  const script: Script = (_body, response) => {
    beginStream(response);
    calls++;
    if (calls === 1) return void response.write(chatFrame('one ', { role: true }), () => response.destroy());
    response.end(`data: ${garbage[calls % garbage.length]}\n\n${doneFrame}`);
  };
  const server = await upstream(context, 'a', script, { continuation: 'replay' });
  const { chat, origin } = await startTestGateway(context, [server.endpoint]);
  assert.equal(readStream(await (await chat(streaming)).text()).error, 'stream_interrupted');
  assert.equal((await fetch(`${origin}/v1/models`)).status, 401);
});
