import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFrameSplitter, createSseParser, parseUpstreamError } from '@kumiki/openai';
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
const whole = streams.filter(({ bytes }) => bytes.toString().endsWith(doneMark) && !bytes.includes('"error":'));
const broken = streams.filter((answer) => !whole.includes(answer));

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

/** All that a client reads of the first choice, assembled independently of the product's code. */
function shownOf(chunks: readonly Chunk[]) {
  const shown = { text: '', thoughts: '', calls: '' };
  for (const { choices } of chunks) {
    for (const choice of choices.filter(({ index }) => index === 0)) {
      const delta = (choice.delta ?? {}) as Record<string, string | null | undefined>;
      shown.text += delta['content'] ?? choice.text ?? '';
      shown.thoughts += delta['reasoning_content'] ?? delta['reasoning'] ?? '';
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
  assert.ok(whole.length > 8 && broken.length > 1, `${whole.length} whole and ${broken.length} broken streams`);
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
      const choice = recorded?.completion.choices[0];
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

for (const { name, path, bytes } of broken) {
  test(`${name} tells an error in the middle, which is a failure of the server`, () => {
    const { outcome, text } = relay(bytes, path, false);
    assert.equal(outcome?.kind, 'failed');
    assert.equal(outcome.failure, 'server_error');
    assert.ok(outcome.detail.length > 10 && !outcome.detail.includes('HTTP status'), outcome.detail);
    assert.ok(!text.includes('error'), 'the error is ours to tell');
  });
}

for (const { name, status, bytes } of answers.filter((answer) => answer.status >= 400)) {
  test(`${name} is a refusal whose reason is found`, () => {
    const error = parseUpstreamError(status, bytes);
    assert.ok(error.message.length > 20 && !error.message.includes('HTTP status'), error.message);
    assert.notEqual(error.param, null);
  });
}

async function throughGateway(context: Parameters<typeof startTestGateway>[0], answer: RecordedAnswer, cut: number) {
  const upstream = await startScriptedUpstream(
    'a',
    (_, response) => {
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
  return { status: response.status, text: await response.text() };
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
    'openrouter/chat-failed.sse',
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
  const refusals = answers.filter(({ name }) => name.startsWith('vllm/refused-'));
  assert.ok(refusals.length >= 3);
  for (const answer of refusals) {
    const request = { stream: true, messages: [{ role: 'user', content: 'hi' }] };
    const { status, text } = await throughGateway(context, { ...answer, request }, answer.bytes.length);
    const { error } = JSON.parse(text) as { error: { message: string } };
    assert.ok(status >= 400, `${status}`);
    assert.ok(error.message.length > 20, error.message);
  }
});
