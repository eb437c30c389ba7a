import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import {
  beginStream,
  chatFrame,
  doneFrame,
  startScriptedUpstream,
  type Script,
  type UpstreamChange,
} from '../testing/scripted-upstream.ts';
import { startTestGateway } from '../testing/test-gateway.ts';

const streaming = { model: 'm', stream: true, temperature: 1, messages: [{ role: 'user', content: 'hi' }] };

async function upstream(context: TestContext, id: string, script: Script, change: UpstreamChange = {}) {
  const started = await startScriptedUpstream(id, script, change);
  context.after(() => started.close());
  return started;
}

/** The text of a chat stream, or its error's code behind an exclamation mark. */
function textOf(stream: string): string {
  let text = '';
  for (const [, data] of stream.matchAll(/^data: (\{.*)$/gm)) {
    const chunk = JSON.parse(data ?? '') as { choices?: { delta: { content?: string } }[]; error?: { code: string } };
    text += chunk.error === undefined ? (chunk.choices?.[0]?.delta.content ?? '') : `!${chunk.error.code}`;
  }
  return stream.includes('[DONE]') ? `${text}.` : text;
}

test('a server that answers a stream in one piece, when its client reads a stream already, is a failed one', async (context) => {
  let calls = 0;
  const server = await upstream(
    context,
    'a',
    (_body, response) => {
      if (++calls === 1) {
        beginStream(response);
        return void response.write(chatFrame('one ', { role: true }), () => response.destroy());
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"object":"chat.completion"}');
    },
    { continuation: 'prefill' },
  );
  const { chat, origin } = await startTestGateway(context, [server.endpoint]);
  assert.equal(textOf(await (await chat(streaming)).text()), 'one !stream_interrupted');
  assert.equal((await fetch(`${origin}/v1/models`)).status, 401, 'the gateway lives');
});

test('who can continue an answer is looked up when it breaks, not when it was asked for', async (context) => {
  const former = await upstream(
    context,
    'former',
    (_body, response) => {
      route([first.endpoint]);
      response.writeHead(500).end();
    },
    { continuation: 'none' },
  );
  const { chat, route } = await startTestGateway(context, [former.endpoint]);
  const first = await upstream(context, 'a', (_body, response) => {
    beginStream(response);
    response.write(chatFrame('one ', { tokens: [0], role: true }), () => {
      route([second.endpoint]);
      response.destroy();
    });
  });
  const second = await upstream(context, 'b', (_body, response) => {
    beginStream(response);
    response.end(chatFrame('two', { tokens: [1] }) + chatFrame('', { finish: 'stop', tokens: [] }) + doneFrame);
  });
  assert.equal(textOf(await (await chat(streaming)).text()), 'one two.');
});

test('a stream that breaks between its role and its first token is asked for again, whatever it may become', async (context) => {
  for (const continuation of ['token_ids', 'prefill', 'replay', 'none'] as const) {
    let calls = 0;
    const script: Script = (_body, response) => {
      beginStream(response);
      if (++calls === 1) return void response.write(chatFrame('', { role: true }), () => response.destroy());
      const tokens = continuation === 'token_ids' ? [1] : undefined;
      response.end(
        chatFrame('one', { role: continuation !== 'token_ids', ...(tokens && { tokens }) }) +
          chatFrame('', { finish: 'stop' }) +
          doneFrame,
      );
    };
    const server = await upstream(context, continuation, script, { continuation });
    const { chat } = await startTestGateway(context, [server.endpoint]);
    const format = { type: 'json_object' };
    const text = await (await chat({ ...streaming, response_format: format })).text();
    assert.equal(textOf(text), 'one.', continuation);
    assert.equal(text.split('"role"').length, 2, 'one role');
  }
});

test('a completion of several prompts is whole only with the answers to all of them', async (context) => {
  const frame = (index: number, text: string, finish: string | null, ids: string): string => {
    const choices = [{ index, text, finish_reason: finish, logprobs: null }];
    const chunk = { id: 'cmpl-1', object: 'text_completion', created: 1, model: 'm', choices };
    return `: tokens ${index} ${ids}\ndata: ${JSON.stringify(chunk)}\n\n`;
  };
  const first = await upstream(context, 'a', (_body, response) => {
    beginStream(response);
    response.write(frame(0, 'one', 'stop', '1,2'), () => {
      route([second.endpoint]);
      response.destroy();
    });
  });
  const second = await upstream(context, 'b', (_body, response) => {
    beginStream(response);
    response.end(frame(1, 'two', 'stop', '3,2') + doneFrame);
  });
  const { chat, route } = await startTestGateway(context, [first.endpoint]);
  const body = { model: 'm', stream: true, temperature: 1, prompt: ['a', 'b'] };
  const text = await (await chat(body, { path: '/v1/completions' })).text();
  assert.deepEqual(
    [...text.matchAll(/"text":"(\w+)"/g)].map(([, word]) => word),
    ['one', 'two'],
  );
  assert.ok(text.endsWith(doneFrame));
  assert.deepEqual(second.received[0]?.body['kumiki_continuation'], {
    id: 'cmpl-1',
    created: 1,
    choices: [{ index: 0, token_ids: [1, 2], finished: true }],
  });
});

test('what its text does not tell wholly is not continued from its text', async (context) => {
  const chunk = (text: string, finish: string | null): string => {
    const choices = [{ index: 0, text, finish_reason: finish, logprobs: null }];
    return `data: ${JSON.stringify({ id: 'cmpl-1', object: 'text_completion', created: 1, model: 'm', choices })}\n\n`;
  };
  for (const change of [{ prompt: 'a', echo: true }, { prompt: [1, 2, 3] }, { prompt: ['a', 'b'] }]) {
    let calls = 0;
    const script: Script = (_body, response) => {
      beginStream(response);
      if (++calls === 1) return void response.write(chunk('one ', null), () => response.destroy());
      response.end(chunk('one ', null) + chunk('two', 'stop') + doneFrame);
    };
    const server = await upstream(context, 'a', script, { continuation: 'prefill' });
    const { chat } = await startTestGateway(context, [server.endpoint]);
    const body = { model: 'm', stream: true, temperature: 0, ...change };
    const text = await (await chat(body, { path: '/v1/completions' })).text();
    assert.equal([...text.matchAll(/"text":"([\w ]*)"/g)].map(([, word]) => word).join(''), 'one two');
    assert.deepEqual(server.received[1]?.body['prompt'], change.prompt);
  }
});

test('an outside server may be silent from its head to its first token, as long as that one may take', async (context) => {
  const server = await upstream(
    context,
    'a',
    (_body, response) => {
      beginStream(response);
      response.flushHeaders();
      setTimeout(
        () => response.end(chatFrame('one', { role: true }) + chatFrame('', { finish: 'stop' }) + doneFrame),
        500,
      );
    },
    { continuation: 'prefill' },
  );
  const deadlines = { connectMs: 1_000, headersMs: 5_000, firstTokenMs: 20_000, betweenTokensMs: 100, totalMs: 20_000 };
  const { chat } = await startTestGateway(context, [server.endpoint], { route: { deadlines } });
  assert.equal(textOf(await (await chat(streaming)).text()), 'one.');
  assert.equal(server.received.length, 1);
});

test('a server that does not accept the key it is given is asked once, and its error says no more than that', async (context) => {
  const refusing: Script = (_body, response) =>
    void response.writeHead(401).end('{"error":{"message":"bad key sk-1"}}');
  const wrong = await upstream(context, 'a', refusing);
  const alone = await startTestGateway(context, [wrong.endpoint]);
  const refused = await alone.chat(streaming);
  assert.equal(refused.status, 502);
  const { error } = (await refused.json()) as { error: { code: string; message: string } };
  assert.equal(error.code, 'upstream_error');
  assert.doesNotMatch(error.message, /sk-1/);
  assert.equal(wrong.received.length, 1);

  let failures = 0;
  const right = await upstream(context, 'b', (_body, response) => {
    if (++failures < 4) return void response.writeHead(500).end();
    beginStream(response);
    response.end(chatFrame('one', { tokens: [1], role: true }) + chatFrame('', { finish: 'stop' }) + doneFrame);
  });
  const beside = await startTestGateway(context, [wrong.endpoint, right.endpoint]);
  assert.equal(textOf(await (await beside.chat(streaming)).text()), 'one.');
  assert.ok(wrong.received.length <= 2, 'it is not asked again, though the other one fails several times');
});
