import { scanRequest } from '../apps/gateway/src/body/scan-request.ts';
import { createDeadlineWheel } from '../apps/gateway/src/upstream/deadline-wheel.ts';
import { ResponseParser } from '../apps/gateway/src/upstream/response-parser.ts';
import {
  createFrameSplitter,
  createSseParser,
  dataOf,
  stripTokenComment,
  usageOf,
} from '../packages/openai/src/index.ts';

/**
 * `npm run bench wire`: microseconds of the code that handles every request and every event, compared with plain
 * parsers.
 */

const rounds = 15;
const roundMs = 20;

/** Microseconds per call: the minimum of several rounds, since noise only adds. */
function measure(call: () => unknown): number {
  let calls = 1;
  let best = Infinity;
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    for (let count = 0; count < calls; count++) sink = call();
    const took = performance.now() - began;
    if (took < roundMs / 2) {
      calls *= 2;
      round--;
    } else {
      best = Math.min(best, (took * 1_000) / calls);
    }
  }
  return best;
}
/** Keeps results alive, so that no call is optimised away. */
let sink: unknown;

const prose =
  'The quick brown fox jumps over the lazy dog. It did so, twice, and nobody was surprised, least of all I. ';
const quoted = 'The quick brown fox said: \\"jump\\" over the lazy dog.\\nIt did so, twice, and nobody was surprised. ';

/** A chat request of about that many bytes that repeats a turn. */
function chatBody(bytes: number, turn: string): Buffer {
  const messages = ['{"role":"system","content":"You are a helpful assistant."}'];
  for (let length = 200, at = 0; length < bytes; at++) {
    const message = `{"role":"${at % 2 === 0 ? 'user' : 'assistant'}","content":"${turn.repeat(bytes > 10_000 ? 20 : 2)}"}`;
    messages.push(message);
    length += message.length + 1;
  }
  return Buffer.from(
    `{"model":"demo","stream":true,"temperature":0.7,"max_tokens":256,"messages":[${messages.join(',')}]}`,
  );
}

const rows: (readonly [what: string, ours: number, plain: number | null, plainName: string])[] = [];

for (const size of [1_000, 10_000, 100_000]) {
  for (const text of [prose, quoted]) {
    const body = chatBody(size, text);
    rows.push([
      `scan a request of ${body.length} bytes, ${text === prose ? 'prose' : 'with quotes and newlines'}`,
      measure(() => scanRequest(body)),
      measure(() => JSON.parse(body.toString()) as unknown),
      'JSON.parse',
    ]);
  }
}

const event = Buffer.from(
  'data: {"id":"chatcmpl-0123456789abcdef","object":"chat.completion.chunk","created":1764000000,"model":"demo","choices":[{"index":0,"delta":{"content":" hello"},"logprobs":null,"finish_reason":null}]}\n\n',
);
const tagged = Buffer.concat([Buffer.from(': tokens 0 12345\n'), event]);
const splitter = createFrameSplitter();
rows.push(
  [
    `split a frame of ${event.length} bytes`,
    measure(() => splitter.push(event)),
    measure(() => event.toString().split('\n\n')),
    'toString, split',
  ],
  [
    'split a token-tagged frame, take the comment off',
    measure(() => {
      const frames = splitter.push(tagged);
      return frames === 'frame_too_large' ? null : stripTokenComment(frames[0] ?? tagged);
    }),
    null,
    '',
  ],
);
const twenty = Buffer.concat(Array.from({ length: 20 }, () => event));
rows.push([
  'split 20 frames of one chunk, per frame',
  measure(() => splitter.push(twenty)) / 20,
  measure(() => twenty.toString().split('\n\n')) / 20,
  'toString, split',
]);
const parser = createSseParser();
rows.push(
  ['parse an event by the standard', measure(() => parser.push(event)), null, ''],
  ['the data of a frame, parsed', measure(() => JSON.parse(dataOf(event) ?? '') as unknown), null, ''],
);
const last = Buffer.from(
  'data: {"id":"chatcmpl-0123456789abcdef","object":"chat.completion.chunk","created":1764000000,"model":"demo","choices":[],"usage":{"prompt_tokens":12,"completion_tokens":34,"total_tokens":46}}\n\n',
);
rows.push([
  'the usage of a frame',
  measure(() => usageOf(last)),
  measure(() => (JSON.parse(last.toString('utf8', 6)) as { usage: unknown }).usage),
  'JSON.parse',
]);
const reply = Buffer.from(
  `HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nDate: Tue, 24 Nov 2026 00:00:00 GMT\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\nTransfer-Encoding: chunked\r\n\r\n${event.length.toString(16)}\r\n${event.toString()}\r\n0\r\n\r\n`,
);
const ignore = { onHead: () => undefined, onData: () => undefined };
rows.push([
  'parse an HTTP reply with one event',
  measure(() => new ResponseParser('POST', ignore).read(reply)),
  null,
  '',
]);
const wheel = createDeadlineWheel();
const deadline = wheel.arm(60_000, () => undefined);
rows.push(
  ['arm and clear a deadline', measure(() => wheel.arm(1_000, () => undefined).clear()), measure(() => clearTimeout(setTimeout(() => undefined, 1_000))), 'setTimeout'],
  ['set a deadline back', measure(() => deadline.rearm()), null, ''],
); // prettier-ignore
wheel.close();

console.log('| what | µs | beside | µs |\n|---|--:|---|--:|');
for (const [what, ours, plain, plainName] of rows) {
  console.log(`| ${what} | ${ours.toFixed(2)} | ${plainName} | ${plain === null ? '' : plain.toFixed(2)} |`);
}
if (sink === undefined) console.log();
