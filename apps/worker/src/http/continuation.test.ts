import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { continuationKey, headers, parseTimings, type Continuation } from '@kumiki/api';
import fc from 'fast-check';
import { readFrames, startTestWorker, testModel } from '../testing/test-worker.ts';

const first = await startTestWorker();
const second = await startTestWorker();
after(() => Promise.all([first.close(), second.close()]));

type Body = Readonly<Record<string, unknown>>;

const chat = (content: string, more: Body = {}): Body => ({
  model: testModel,
  messages: [{ role: 'user', content }],
  stream: true,
  stream_options: { include_usage: true },
  ...more,
});
const tools = [
  {
    type: 'function',
    function: {
      name: 'look_up',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  },
];
const call = '<tool_call>\n{"name": "look_up", "arguments": {"city": "東京 🎉"}}\n</tool_call>';

const requests: Readonly<Record<string, { readonly path: string; readonly body: Body }>> = {
  'plain text': { path: '/v1/chat/completions', body: chat('Hello', { max_tokens: 40 }) },
  'an answer that ends by itself, in characters of several bytes': {
    path: '/v1/chat/completions',
    body: chat('[[say=日本語 🎉👩‍🔧 naïve text.]]'),
  },
  'sampled text without a seed': { path: '/v1/chat/completions', body: chat('Hello', { max_tokens: 30, n: 2 }) },
  'sampled text with a seed': {
    path: '/v1/chat/completions',
    body: chat('Hello', { max_tokens: 30, temperature: 1.2, seed: 7 }),
  },
  'a stop string that comes in parts': {
    path: '/v1/chat/completions',
    body: chat('[[say=one STO two ST three STOP four]]', { stop: ['STOP', '木'] }),
  },
  'text held back for a stop string at the end': {
    path: '/v1/chat/completions',
    body: chat('[[say=one two ST]]', { stop: ['STOP'] }),
  },
  'text held back when the budget ends': {
    path: '/v1/chat/completions',
    body: chat('[[say=abc STOPPED]]', { stop: ['STOPX'], max_tokens: 7 }),
  },
  'two tool calls between texts': {
    path: '/v1/chat/completions',
    body: chat(`[[say=Wait.\n${call}\n${call} Done.]]`, { tools }),
  },
  'a malformed tool call': {
    path: '/v1/chat/completions',
    body: chat('[[say=<tool_call>\n{"nome": 1}\n</tool_call> so <tool]]', { tools }),
  },
  'a forced tool call': { path: '/v1/chat/completions', body: chat('Hi', { tools, tool_choice: 'required' }) },
  'one tool call and no more': {
    path: '/v1/chat/completions',
    body: chat(`[[say=${call}${call}]]`, { tools, parallel_tool_calls: false }),
  },
  'log-probabilities': {
    path: '/v1/chat/completions',
    body: chat('Hello', { max_tokens: 25, logprobs: true, top_logprobs: 2, stop: [' b'] }),
  },
  'JSON of a schema': {
    path: '/v1/chat/completions',
    body: chat('Hi', {
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'x',
          schema: {
            type: 'object',
            properties: { a: { type: 'string' }, b: { type: 'array', items: { type: 'integer' } } },
          },
        },
      },
    }),
  },
  'two choices': {
    path: '/v1/chat/completions',
    body: chat('Hello', { n: 2, max_tokens: 20, temperature: 0.7, seed: 3 }),
  },
  'a text completion with log-probabilities': {
    path: '/v1/completions',
    body: {
      model: testModel,
      prompt: ['a b', 'c'],
      max_tokens: 15,
      stream: true,
      echo: false,
      logprobs: 1,
      n: 2,
      seed: 1,
    },
  },
};

const choiceOf = (frame: string): number | null => {
  const index = /"choices":\[\{"index":(\d+)/.exec(frame)?.[1];
  return index === undefined ? null : Number(index);
};

/** The continuation that a gateway with these frames would send to another worker. */
function continuationOf(frames: readonly string[]): Continuation {
  const sample = JSON.parse(frames[0]!.replace(/^(: .*\n)?data: /, '')) as { id: string; created: number };
  const choices = new Map<number, Continuation['choices'][number]>();
  for (const frame of frames) {
    const index = choiceOf(frame);
    if (index === null) continue;
    const known = choices.get(index) ?? { index, token_ids: [], finished: false };
    const ids = /^: tokens (\d+) ([\d,]+)\n/.exec(frame);
    if (ids !== null) assert.equal(Number(ids[1]), index);
    choices.set(index, {
      index,
      token_ids: [...known.token_ids, ...(ids?.[2]?.split(',').map(Number) ?? [])],
      finished: known.finished || !frame.includes('"finish_reason":null'),
    });
  }
  return { id: sample.id, created: sample.created, choices: [...choices.values()] };
}

/**
 * Frames of each choice, in order, and those of none. Without cached tokens and timings, which differ between workers.
 */
function byChoice(frames: readonly string[]): Record<string, string[]> {
  const sorted: Record<string, string[]> = {};
  for (const frame of frames) {
    const shown = frame.replace(/"cached_tokens":\d+|^: timings .*\n/, '');
    (sorted[choiceOf(frame) ?? 'none'] ??= []).push(shown);
  }
  return sorted;
}

for (const [name, { path, body }] of Object.entries(requests)) {
  test(`cut after any frame, the answer goes on at another worker as if nothing had been: ${name}`, async () => {
    const whole = await readFrames(await first.post(path, body, { [headers.tokenIds]: '1' }));
    const [, timings = ''] = /^: timings (.*)\ndata: \[DONE\]$/.exec(whole.at(-1) ?? '') ?? [];
    assert.notEqual(parseTimings(timings), null);
    assert.ok(whole.length > 3, whole.join('\n'));
    // After the usage event only `[DONE]` is missing, which needs no worker.
    const last = whole.at(-2)!.includes('"choices":[]') ? whole.length - 2 : whole.length - 1;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: last }), async (cut) => {
        const before = whole.slice(0, cut);
        const asked = { ...body, [continuationKey]: continuationOf(before) };
        const response = await second.post(path, asked, { [headers.tokenIds]: '1' });
        const rest = await readFrames(response);
        assert.equal(response.status, 200, rest.join('\n'));
        assert.deepEqual(byChoice([...before, ...rest]), byChoice(whole));
      }),
      { numRuns: 30, examples: [[1], [last], [last - 1]] },
    );
  });
}

test('a text that is handed back as the beginning of the answer is continued where it ends', async () => {
  const messages = [{ role: 'user', content: 'Tell me of 組木' }];
  const ask = async (more: Body): Promise<string> => {
    const response = await first.post('/v1/chat/completions', { model: testModel, messages, temperature: 0, ...more });
    const body = (await response.json()) as { choices: { message: { content: string } }[] };
    return body.choices[0]!.message.content;
  };
  const whole = await ask({});
  for (const cut of [1, 12, 20, Math.floor(whole.length / 2), whole.length - 1]) {
    const begun = whole.slice(0, cut);
    if (!begun.isWellFormed()) continue;
    const rest = await ask({
      messages: [...messages, { role: 'assistant', content: begun }],
      continue_final_message: true,
      add_generation_prompt: false,
    });
    assert.equal(begun + rest, whole);
  }
});

test('a continuation that does not fit the request is refused before the reply begins', async () => {
  const continued = (choices: unknown): Body =>
    chat('Hello', { max_tokens: 2, [continuationKey]: { id: 'chatcmpl-1', created: 1, choices } });
  for (const choices of [
    [{ index: 1, token_ids: [], finished: false }],
    [{ index: 0, token_ids: [1, 2, 3], finished: false }],
    [],
  ]) {
    const response = await first.post('/v1/chat/completions', continued(choices));
    assert.equal(response.status, 400);
    await response.body?.cancel();
  }
});
