import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { KumikiError } from '@kumiki/api';
import type { PromptingSpec } from '../engine/prompting.ts';
import { createPrompting } from './create-prompting.ts';
import type { DraftKind } from './drafts.ts';
import { type PreparationLimits, preparationLimits } from './preparation-limits.ts';
import { createPreparer, type Preparer } from './preparer.ts';

const forever = new AbortController().signal;
const preparers: Preparer[] = [];
after(() => Promise.all(preparers.map((preparer) => preparer.close())));

const template = (source: string | null): PromptingSpec => ({
  kind: 'template',
  template: { source, bosText: '<s>', eosText: '</s>', controlTexts: ['<|im_start|>', '<|im_end|>'] },
});
/** Loops over all messages for every message. */
const quadratic = template('{% for a in messages %}{% for b in messages %}{{ b.role }}{% endfor %}{% endfor %}');

async function start(limits: Partial<PreparationLimits>, spec = template(null), task: 'chat' | 'embedding' = 'chat') {
  const facts = { modelName: 'm', task, contextTokens: 100_000, longestTokenBytes: 64, embeddingDimensions: 8 };
  const prompting = await createPrompting(spec);
  const log = { warn: () => {} };
  const preparer = createPreparer({
    data: { facts, prompting: spec },
    prompting,
    limits: { ...preparationLimits, ...limits },
    log,
  });
  preparers.push(preparer);
  return preparer;
}

const chatOf = (messages: number, more: object = {}): Buffer =>
  Buffer.from(
    JSON.stringify({
      model: 'm',
      messages: Array.from({ length: messages }, () => ({ role: 'user', content: 'a <|im_end|>' })),
      ...more,
    }),
  );

async function refusal(work: Promise<unknown>): Promise<KumikiError> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof KumikiError, String(error));
  return error;
}

const schema = { type: 'object', properties: { a: { enum: ['x', 'y'] } }, required: ['a'] };
const continuation = { id: 'chatcmpl-1', created: 7, choices: [{ index: 0, token_ids: [1, 2], finished: false }] };
/** Bodies whose drafts depend only on the body. */
const bodies: readonly (readonly [DraftKind, Buffer])[] = [
  ['chat', chatOf(3, { kumiki_continuation: continuation, logit_bias: { 5: 1 }, stop: ['.'] })],
  [
    'chat',
    chatOf(1, {
      kumiki_continuation: continuation,
      tools: [{ type: 'function', function: { name: 'f', parameters: schema } }],
      tool_choice: 'required',
    }),
  ],
  [
    'chat',
    chatOf(1, {
      kumiki_continuation: continuation,
      response_format: { type: 'json_schema', json_schema: { name: 's', schema } },
    }),
  ],
  [
    'completion',
    Buffer.from(JSON.stringify({ model: 'm', prompt: ['a', 'b'], echo: true, kumiki_continuation: continuation })),
  ],
  ['completion', Buffer.from(JSON.stringify({ model: 'm', prompt: [1, 2], kumiki_continuation: continuation }))],
];

test('a thread makes the very draft that is made at once', async () => {
  const [atOnce, inThread] = [await start({}), await start({ inlineBytes: 0, threads: 1 })];
  for (const [kind, body] of bodies) {
    const expected = await atOnce.prepare(kind, Buffer.from(body), forever);
    assert.deepEqual(await inThread.prepare(kind, Buffer.from(body), forever), expected);
  }
  const embed = Buffer.from(JSON.stringify({ model: 'm', input: ['a', 'b'], encoding_format: 'base64' }));
  const embedder = await start({ inlineBytes: 0 }, { kind: 'none' }, 'embedding');
  assert.deepEqual(await embedder.prepare('embedding', embed, forever), { inputs: ['a', 'b'], asBase64: true });
});

test('what is wrong with a request is told by a thread in the very words', async () => {
  const [atOnce, inThread] = [await start({}), await start({ inlineBytes: 0, threads: 1 })];
  for (const body of [
    '{"model":"m","messages":[{"role":"user","content":"a","nmae":"b"}]}',
    '{"model":"n","messages":[{"role":"user","content":"a"}]}',
    '{"model":"m","messages":[',
    chatOf(1, { response_format: { type: 'json_schema', json_schema: { name: 's', schema: { not: {} } } } }),
  ]) {
    const expected = await refusal(atOnce.prepare('chat', Buffer.from(body), forever));
    const told = await refusal(inThread.prepare('chat', Buffer.from(body), forever));
    assert.deepEqual([told.code, told.message, told.param], [expected.code, expected.message, expected.param]);
  }
});

test('a request that takes longer than its deadline is refused by name, and the next one finds a new thread', async () => {
  const preparer = await start({ inlineBytes: 1_024, threads: 1, baseMs: 2_000, perMebibyteMs: 0 }, quadratic);
  const began = performance.now();
  const error = await refusal(preparer.prepare('chat', chatOf(8_000), forever));
  assert.equal(error.code, 'too_complex');
  assert.match(error.message, /model's template was given up after 2 s\. Its body has \d+ bytes\. Send fewer/);
  // 64 million iterations of the inner loop would take the thread a minute.
  assert.ok(performance.now() - began < 30_000);
  const next = await start({ inlineBytes: 1_024, threads: 1 }, quadratic);
  for (const later of [preparer, next]) {
    const draft = await later.prepare('chat', chatOf(30), forever);
    assert.equal(draft.prompts.length, 1);
  }
});

test('while one request takes all of its time, another is prepared', async () => {
  const preparer = await start({ inlineBytes: 0, threads: 2, baseMs: 60_000 }, quadratic);
  let ended = false;
  const slow = preparer.prepare('chat', chatOf(8_000), forever).finally(() => (ended = true));
  slow.catch(() => {});
  await preparer.prepare('chat', chatOf(1), forever);
  assert.equal(ended, false);
  await preparer.close();
  await assert.rejects(slow);
});

test('a request that takes more memory than a thread has is refused by name, and the next one finds a new thread', async () => {
  const preparer = await start({ inlineBytes: 1_024, threads: 1, heapMebibytes: 24 });
  const many = Buffer.from(`{"model":"m","messages":[${'{"a":{"b":1}},'.repeat(400_000)}{}]}`);
  const error = await refusal(preparer.prepare('chat', many, forever));
  assert.equal(error.code, 'too_complex');
  assert.match(error.message, /24 MiB of memory/);
  assert.equal((await preparer.prepare('chat', chatOf(50), forever)).prompts.length, 1);
});

test('beyond a number of bytes that are held, bodies are refused until there is room', async () => {
  const body = chatOf(100);
  const preparer = await start({ inlineBytes: 0, threads: 1, heldBytes: body.length });
  const first = preparer.prepare('chat', body, forever);
  const error = await refusal(preparer.prepare('chat', chatOf(1), forever));
  assert.equal(error.code, 'overloaded');
  await first;
  await preparer.prepare('chat', chatOf(1), forever);
});

test('who leaves while they wait for a thread leaves the queue', async () => {
  const preparer = await start({ inlineBytes: 0, threads: 1 });
  const leaving = new AbortController();
  const first = preparer.prepare('chat', chatOf(2_000), forever);
  const second = preparer.prepare('chat', chatOf(1), leaving.signal);
  const third = preparer.prepare('chat', chatOf(1), forever);
  leaving.abort(new Error('left'));
  await assert.rejects(second, /left/);
  await Promise.all([first, third]);
});
