import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFrameSplitter, createSseParser, parseUpstreamError, refusalCode, usageOf } from '@kumiki/openai';
import { classifyReply } from '@kumiki/policy';
import { readRows, recordedAnswers, recordedFiles, type RecordedAnswer } from '../testing/recorded-answers.ts';
import { startScriptedUpstream } from '../testing/scripted-upstream.ts';
import { startTestGateway } from '../testing/test-gateway.ts';
import type { ModelPath } from './exchange.ts';
import type { Outcome } from './outcome.ts';
import { createRecording } from './recording.ts';
import { createFrameRelay } from './relay-frames.ts';

const answers = recordedAnswers();
const streams = answers.filter(({ contentType }) => contentType.startsWith('text/event-stream'));
const doneMark = 'data: [DONE]\n\n';
const whole = streams.filter(({ bytes }) => bytes.toString().endsWith(doneMark) && !bytes.includes('"error"'));
const failed = streams.filter(({ bytes }) => bytes.includes('"error"'));
const cut = streams.filter((answer) => !whole.includes(answer) && !failed.includes(answer));

/** A relay, and the results of what is pushed through it. */
function startRelay(path: string, hideUsage: boolean) {
  const written: Buffer[] = [];
  const recording = createRecording(path as ModelPath);
  const usages: unknown[] = [];
  let finished = false;
  const frames = createFrameRelay({
    client: {
      begun: () => written.length > 0,
      write: (list) => void written.push(...list.map((bytes) => Buffer.from(bytes))),
      isFull: () => false,
      finish: () => (finished = true),
      fail: () => {},
      release: () => {},
    },
    recording,
    hideUsage,
    rewrite: null,
    showTokens: false,
    takeNotice: () => null,
    onUsage: (usage) => usages.push(usage),
    onTimings: () => {},
    onEvent: () => {},
  });
  const result = (outcome: Outcome | null) => ({
    outcome,
    finished,
    usages,
    recording,
    get text() {
      return Buffer.concat(written).toString();
    },
  });
  return { push: (bytes: Uint8Array) => result(frames.push(bytes)) };
}

const relay = (bytes: Uint8Array, path: string, hideUsage: boolean) => startRelay(path, hideUsage).push(bytes);

/** What chunks of chats and of completions have in common. */
interface Chunk {
  readonly choices: readonly { readonly index: number; readonly delta?: object; readonly text?: string }[];
  readonly usage?: { readonly total_tokens: number } | null;
}

function chunksOf(bytes: Uint8Array): Chunk[] {
  const events = createSseParser().push(bytes);
  assert.ok(Array.isArray(events));
  return events.filter(({ data }) => data !== '[DONE]').map(({ data }) => JSON.parse(data) as Chunk);
}

/** A part of a content that is a list, as Mistral's models that reason send it. */
interface ContentPart {
  readonly text?: string;
  readonly thinking?: readonly { readonly text: string }[];
}

/** All that a client reads of the first choice, assembled independently of the product's code. */
function shownOf(chunks: readonly Chunk[]) {
  const shown = { text: '', thoughts: '', calls: '' };
  for (const { choices } of chunks) {
    for (const choice of choices.filter(({ index }) => index === 0)) {
      const delta = (choice.delta ?? {}) as Record<string, unknown>;
      const content = delta['content'] as string | ContentPart[] | null | undefined;
      const parts = Array.isArray(content) ? content : [];
      const text = Array.isArray(content) ? parts.map((part) => part.text ?? '').join('') : content;
      shown.text += text ?? choice.text ?? '';
      shown.thoughts += (delta['reasoning_content'] ?? delta['reasoning'] ?? '') as string;
      shown.thoughts += parts.flatMap(({ thinking = [] }) => thinking.map(({ text }) => text)).join('');
      for (const call of ((delta as { tool_calls?: unknown }).tool_calls ?? []) as {
        function?: { name?: string; arguments?: string };
      }[]) {
        shown.calls += (call.function?.name ?? '') + (call.function?.arguments ?? '');
      }
    }
  }
  return shown;
}

test('every file that is recorded has its request and its row', () => {
  assert.deepEqual(recordedFiles().toSorted(), answers.map(({ name }) => name).toSorted());
  for (const { name } of answers) assert.ok(readRows().includes(`\`${name}\``), name);
  assert.ok(whole.length > 35 && failed.length > 1 && cut.length > 0);
});

for (const { name, path, bytes } of whole) {
  test(`${name} is relayed byte by byte, and ends well`, () => {
    const { outcome, finished, text } = relay(bytes, path, false);
    assert.deepEqual(outcome, { kind: 'done' });
    assert.ok(finished);
    // Comments that keep the server's connection open are not relayed. The end mark is written by the client's stream.
    const events = bytes
      .toString()
      .split('\n\n')
      .filter((event) => event !== '' && !event.startsWith(':'));
    assert.equal(text + doneMark, `${events.join('\n\n')}\n\n`);
  });

  test(`${name}: usage is found, and hidden from a client that did not ask`, () => {
    const told = chunksOf(bytes).filter(({ usage }) => usage != null);
    const { usages, text } = relay(bytes, path, true);
    assert.equal(usages.length, told.length);
    assert.deepEqual(
      (usages.at(-1) as { total_tokens?: number } | undefined)?.total_tokens,
      told.at(-1)?.usage?.total_tokens,
    );
    for (const chunk of chunksOf(Buffer.from(text)))
      if (chunk.choices.length === 0) assert.equal(chunk.usage ?? null, null);
    assert.deepEqual(shownOf(chunksOf(Buffer.from(text))), shownOf(chunksOf(bytes)));
  });

  test(`${name} is understood by what records it, at every event`, () => {
    const frames = createFrameSplitter().push(bytes);
    assert.ok(Array.isArray(frames));
    for (let count = 1; count < frames.length; count++) {
      const part = Buffer.concat(frames.slice(0, count));
      const shown = shownOf(chunksOf(part));
      const recorded = relay(part, path, false).recording.read();
      const choice = recorded?.completion.choices.find(({ index }) => index === 0);
      const message = choice !== undefined && 'message' in choice ? choice.message : null;
      const text =
        message === null ? (choice !== undefined && 'text' in choice ? choice.text : '') : (message.content ?? '');
      const calls = (message?.tool_calls ?? []).map(({ function: call }) => call.name + call.arguments).join('');
      assert.deepEqual({ text, thoughts: message?.reasoning_content ?? '', calls }, shown);
      // An answer that shows nothing may start over at another replica. One that shows anything may not.
      const isShown = shown.text + shown.thoughts + shown.calls !== '';
      if (isShown) assert.equal(recorded?.tokens, null, 'a server that names no tokens is not gone on from by tokens');
      if (count === frames.length - 1) assert.notEqual(recorded?.completion.id, '');
    }
  });
}

for (const { name, path, bytes } of streams) {
  test(`${name} that is cut at any byte never looks like a good end`, () => {
    const isWhole = whole.some((answer) => answer.name === name);
    const stream = startRelay(path, false);
    // After each byte, the relay's result is that of a stream that is cut there.
    for (let cut = 1; cut <= bytes.length; cut++) {
      const result = stream.push(bytes.subarray(cut - 1, cut));
      const { outcome, finished } = result;
      assert.equal(finished || outcome?.kind === 'done', isWhole && cut === bytes.length, `after ${cut} bytes`);
      if (cut === bytes.length || outcome !== null) assert.ok(!result.text.includes('[DONE]'));
      if (outcome !== null) break;
    }
  });
}

for (const { name, path, bytes } of failed) {
  test(`${name} contains an error, which is a failure of the server`, () => {
    const { outcome, text } = relay(bytes, path, false);
    assert.equal(outcome?.kind, 'failed');
    assert.equal(outcome.failure, 'server_error');
    assert.ok(outcome.detail.length > 10 && !outcome.detail.includes('HTTP status'), outcome.detail);
    assert.ok(!text.includes('error'), "the server's error is not relayed");
  });
}

for (const { name, path, bytes } of cut) {
  test(`${name} ends with its connection, and neither well nor with an error`, () => {
    const { outcome, finished, recording } = relay(bytes, path, false);
    assert.deepEqual({ outcome, finished }, { outcome: null, finished: false });
    assert.notEqual(recording.read(), null, 'it can be continued');
  });
}

for (const { name, status, bytes } of answers.filter((answer) => answer.status >= 400)) {
  test(`${name} is a refusal whose reason is found`, () => {
    const error = parseUpstreamError(status, bytes);
    assert.ok(error.message.length > 10 && !error.message.includes('HTTP status'), error.message);
    assert.doesNotMatch(error.code ?? '', /^\d+$/, 'a status is no code');
    const asked = name.split('refused-')[1] ?? name;
    const found = classifyReply(status, error);
    assert.equal(found, asked.startsWith('key') ? 'credentials_refused' : 'refused');
    if (asked.includes('length')) assert.equal(refusalCode(status, error), 'context_length_exceeded');
  });
}

async function throughGateway(context: Parameters<typeof startTestGateway>[0], answer: RecordedAnswer, cut: number) {
  let received = 0;
  const upstream = await startScriptedUpstream(
    'a',
    (_, response) => {
      received++;
      response.writeHead(answer.status, { 'content-type': answer.contentType });
      response.write(answer.bytes.subarray(0, cut), () =>
        cut === answer.bytes.length ? response.end() : response.destroy(),
      );
    },
    { continuation: 'none' },
  );
  context.after(() => upstream.close());
  const { chat } = await startTestGateway(context, [upstream.endpoint]);
  const response = await chat({ ...answer.request, model: 'm' }, { path: answer.path });
  return { status: response.status, text: await response.text(), received };
}

/** Bytes up to the first text and a few more. A stream that is cut earlier is retried, so it takes longer to fail. */
function afterFirstText(bytes: Buffer): number {
  const frames = createFrameSplitter().push(bytes);
  assert.ok(Array.isArray(frames));
  let end = 0;
  for (const frame of frames) {
    end += frame.length;
    if (shownOf(chunksOf(bytes.subarray(0, end))).text !== '') return end + 10;
  }
  throw new Error('it shows no text');
}

test('whole answers go through a gateway, and broken ones end with an error and no end mark', async (context) => {
  for (const name of [
    'vllm/chat-usage.sse',
    'vllm/chat-killed.sse',
    'llama-server/chat-usage.sse',
    'llama-server/chat-killed.sse',
    'openrouter/chat-failed.sse',
    'openrouter/chat-error-finish.sse',
    'mistral/chat-reasoning.sse',
    'azure/chat-filters.sse',
  ]) {
    const answer = streams.find((recorded) => recorded.name === name);
    assert.ok(answer !== undefined, name);
    const isWhole: boolean = whole.includes(answer);
    for (const cut of [answer.bytes.length, answer.bytes.length - 20, afterFirstText(answer.bytes)]) {
      const messages = [{ role: 'user', content: 'What is a Pod?' }];
      const { text } = await throughGateway(context, { ...answer, request: { messages, ...answer.request } }, cut);
      const endsWell: boolean = isWhole && cut === answer.bytes.length;
      assert.equal(text.endsWith(doneMark), endsWell, `${name} cut at ${cut}: …${text.slice(-200)}`);
      assert.equal(text.includes('"error":{'), !endsWell, `${name} cut at ${cut}`);
    }
  }
});

test('refusals of a real server reach the client with its reason', async (context) => {
  const refusals = answers.filter(({ name, status }) => status >= 400 && !name.includes('refused-key'));
  assert.ok(refusals.length >= 9);
  for (const answer of refusals) {
    const chat = { stream: true, messages: [{ role: 'user', content: 'hi' }] };
    const request = answer.path === '/v1/embeddings' ? { input: ['hi'] } : chat;
    const { status, text, received } = await throughGateway(context, { ...answer, request }, answer.bytes.length);
    const { error } = JSON.parse(text) as { error: { message: string; type: string; code: string } };
    assert.ok(status >= 400 && status < 500, `${answer.name}: ${status}`);
    assert.ok(error.message.length > 10, error.message);
    assert.equal(error.type, 'invalid_request_error');
    assert.doesNotMatch(error.code, /^\d+$/);
    assert.equal(received, 1, `${answer.name} is not tried again`);
  }
});

test('whole replies reach the client byte by byte, and their usage is found', async (context) => {
  const replies = answers.filter(
    ({ status, contentType }) => status === 200 && contentType.startsWith('application/json'),
  );
  assert.ok(replies.length >= 7, `${replies.length}`);
  for (const answer of replies) {
    assert.ok((usageOf(answer.bytes)?.prompt_tokens ?? 0) > 0, `${answer.name} has a usage`);
    const { status, text } = await throughGateway(context, answer, answer.bytes.length);
    assert.equal(status, 200);
    assert.equal(text, answer.bytes.toString(), answer.name);
  }
});
