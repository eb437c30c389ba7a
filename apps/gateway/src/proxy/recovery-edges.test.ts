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
