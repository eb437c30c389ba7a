import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { chatModelPath } from '../../../apps/worker/src/engine/llama/engine-for-tests.ts';
import {
  startWorkerProcess,
  stopWorkerProcesses,
  workerAuthorization,
} from '../../../apps/worker/src/testing/worker-process.ts';
import type { HostileBody } from './grow-body.ts';
import { type HostileRoute, routesWithBodies } from './hostile-routes.ts';
import { runStalls } from './run-stalls.ts';

after(stopWorkerProcesses);

/**
 * The largest bodies that a worker accepts must not interrupt another client's stream while they are processed. The
 * control is a trivial server on the same machine.
 */

const contextTokens = 8_192;
const stallMs = 120;
const mostBytes = 33_554_432;
const model = 'm';
const user = (content: string) => ({ role: 'user', content });
/** The requested answer never fits, so that only the processing of the prompt is measured. */
const json = (value: object) => (): Buffer =>
  Buffer.from(JSON.stringify({ model, max_tokens: contextTokens, ...value }));
const schema = (value: object): object => ({
  messages: [user('a')],
  response_format: { type: 'json_schema', json_schema: { name: 's', schema: value } },
});
/** As many units as fit between head and tail. */
const filled =
  (head: string, unit: string, tail: string, bytes = mostBytes) =>
  (): Buffer =>
    Buffer.from(head + unit.repeat(Math.floor((bytes - head.length - tail.length) / Buffer.byteLength(unit))) + tail);

const ofChat: readonly HostileBody[] = [
  { shape: '8,000 messages', build: json({ messages: Array.from({ length: 8_000 }, () => user('a')) }) },
  {
    shape: 'a message as long as the context',
    build: json({ messages: [user('The quick brown fox. '.repeat(14_000))] }),
  },
  {
    shape: 'Japanese as long as the context',
    build: json({ messages: [user('東京の天気は、晴れです。'.repeat(10_000))] }),
  },
  { shape: 'control tokens', build: json({ messages: [user('<|im_start|>'.repeat(25_000))] }) },
  {
    shape: 'an enum of many values',
    build: json(schema({ enum: Array.from({ length: 15_000 }, (_, at) => `v${at}`) })),
  },
  {
    shape: 'many tools',
    build: json({
      messages: [user('a')],
      tools: Array.from({ length: 128 }, (_, at) => ({
        type: 'function',
        function: { name: `f${at}`, parameters: { type: 'object', properties: { [`p${at}`]: { type: 'string' } } } },
      })),
      tool_choice: 'required',
    }),
  },
  { shape: 'many small objects', build: filled(`{"model":"m","messages":[{}`, ',{}', ']}', 8_388_608) },
];

const ofCompletions: readonly HostileBody[] = [
  { shape: 'one long text', build: filled('{"model":"m","prompt":"', 'a', '"}') },
  { shape: 'escapes', build: filled('{"model":"m","prompt":"', '\\u0041', '"}') },
  { shape: 'many token ids', build: filled('{"model":"m","prompt":[0', ',0', ']}', 2_900_000) },
  {
    shape: 'many prompts',
    build: json({ prompt: Array.from({ length: 64 }, (_, at) => 'word '.repeat(at < 63 ? 2_000 : 9_000)) }),
  },
  { shape: 'many members', build: filled('{"model":"m","x":[{"a":0}', ',{"a":0}', ']}', 8_388_608) },
];

const bodiesOf: Readonly<Record<string, readonly HostileBody[]>> = {
  'POST /v1/chat/completions': ofChat,
  'POST /v1/completions': ofCompletions,
};

test("the preparation of the largest requests makes no pause in another client's stream", async (t) => {
  const worker = startWorkerProcess({
    KUMIKI_MODEL_SOURCE: chatModelPath,
    KUMIKI_ENGINE: JSON.stringify({ kind: 'llama', contextTokens }),
  });
  const { port } = await worker.ready();
  const apiKey = workerAuthorization.replace('Bearer ', '');
  const streamBody = JSON.stringify({ model, messages: [user('Say something.')], stream: true, max_tokens: 200 });
  const routes = routesWithBodies({}).filter(({ name }) => Object.hasOwn(bodiesOf, name));
  assert.equal(routes.length, 2);
  const report = await runStalls({
    port,
    apiKeyFor: () => apiKey,
    routes,
    samples: new Map(),
    probes: [{ name: 'a stream', method: 'POST', path: '/v1/chat/completions', apiKey, streamBody }],
    stallMs,
    capBytes: 1_024,
    pick: (_, { name }: HostileRoute) => bodiesOf[name] ?? [],
    onBody: (line) => t.diagnostic(line),
  });
  assert.deepEqual(report.complaints, []);
  assert.equal(worker.child.exitCode, null);
});
