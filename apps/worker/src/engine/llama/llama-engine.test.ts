import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { KumikiError } from '@kumiki/api';
import { promptTokens } from '../../testing/prompt-tokens.ts';
import type { Engine } from '../engine.ts';
import { ask, greedy, promptFor, startChatEngine, textOf } from './engine-for-tests.ts';

let engine: Engine;
before(async () => {
  engine = await startChatEngine({ contextTokens: 512 });
});
after(() => engine.close());

const questions = [
  'What is a pod in Kubernetes?',
  'ポッドとは何ですか?',
  'What is object storage?',
  'How do I deploy a model?',
  'Hello!',
  'What is prefix caching?',
  'オートスケールとは何ですか?',
  'Tell me about GGUF.',
];
const lively = { ...greedy, temperature: 4, topP: 0.99999, minP: 1e-9, topK: 500 };
const personSchema = {
  type: 'object',
  properties: {
    name: { type: 'string', maxLength: 12 },
    age: { type: 'integer', minimum: 18, maximum: 99 },
    tags: { type: 'array', items: { enum: ['red', 'green', 'blue'] }, minItems: 1, maxItems: 3 },
  },
  required: ['name', 'age', 'tags'],
  additionalProperties: false,
};
const person = { kind: 'json_schema', schema: personSchema } as const;

describe('an answer continued elsewhere', () => {
  test('greedy, cut at every token, goes on as the undisturbed one', async () => {
    for (const question of questions.slice(0, 3)) {
      const whole = await ask(engine, question);
      assert.equal(whole.end, 'stop');
      const cuts = whole.tokens.map((_, cut) => cut);
      for (const cut of cuts) {
        const rest = await ask(engine, question, { resume: whole.tokens.slice(0, cut) });
        assert.deepEqual([...whole.tokens.slice(0, cut), ...rest.tokens], whole.tokens, `cut at ${cut}`);
        assert.equal(rest.end, whole.end);
      }
    }
  });

  test('sampled with a seed, cut at every token, goes on as the undisturbed one in another engine', async () => {
    const other = await startChatEngine({ contextTokens: 512, maxSequences: 2 });
    const sampling = { ...lively, frequencyPenalty: 0.4, presencePenalty: 0.3, logitBias: new Map([[300, 1.5]]) };
    const whole = await ask(engine, 'Tell me a story', { sampling, maxTokens: 48 });
    for (let cut = 0; cut < whole.tokens.length; cut++) {
      const rest = await ask(other, 'Tell me a story', { sampling, maxTokens: 48, resume: whole.tokens.slice(0, cut) });
      assert.deepEqual([...whole.tokens.slice(0, cut), ...rest.tokens], whole.tokens, `cut at ${cut}`);
      assert.equal(rest.end, whole.end);
    }
    await other.close();
  });

  test('in the middle of JSON, the rest still fits the schema and equals the undisturbed one', async () => {
    for (const sampling of [greedy, lively]) {
      const whole = await ask(engine, 'Who are you?', { sampling, grammar: person });
      checkPerson(whole.text);
      for (let cut = 0; cut < whole.tokens.length; cut++) {
        const resume = whole.tokens.slice(0, cut);
        const rest = await ask(engine, 'Who are you?', { sampling, grammar: person, resume });
        assert.equal(textOf(engine, [...resume, ...rest.tokens]), whole.text);
      }
    }
  });

  test('ends at once when the resumed tokens are the whole answer', async () => {
    const end = endOfGeneration();
    assert.equal((await ask(engine, 'Hello!', { resume: [500, end] })).end, 'stop');
    const full = await ask(engine, 'Hello!', { resume: [500, 501], maxTokens: 2 });
    assert.deepEqual([full.end, full.tokens], ['length', []]);
  });

  test('is refused when its tokens cannot have been sampled', async () => {
    for (const resume of [[endOfGeneration(), 500], [-1], [1e9], [0.5]])
      await assert.rejects(ask(engine, 'Hello!', { resume }), isCode('invalid_value'));
    await assert.rejects(ask(engine, 'Hello!', { resume: [500], grammar: person }), isCode('invalid_value'));
  });
});

describe('answers at once', () => {
  test('eight greedy answers equal the same eight alone', async () => {
    const alone = [];
    for (const question of questions) alone.push((await ask(engine, question)).tokens);
    for (let round = 0; round < 3; round++) {
      const together = await Promise.all(questions.map((question) => ask(engine, question)));
      assert.deepEqual(
        together.map(({ tokens }) => tokens),
        alone,
      );
    }
  });

  test('greedy answers do not depend on how their long prompt was cut into batches', async () => {
    const small = await startChatEngine({ contextTokens: 1024, maxSequences: 2 });
    const long = promptFor(small, `${'Kubernetes runs containers on nodes. '.repeat(40)}What is a pod?`);
    const alone = await ask(small, long);
    const [crowded] = await Promise.all([ask(small, long), ask(small, questions[0] ?? '')]);
    const reused = await ask(small, long);
    assert.deepEqual(crowded?.tokens, alone.tokens);
    assert.deepEqual(reused.tokens, alone.tokens);
    assert.equal(reused.cachedTokens, long.length - 1);
    await small.close();
  });

  test('one more than there are sequences is refused', async () => {
    const open = questions.map((question) => ask(engine, question));
    await assert.rejects(ask(engine, 'Hello!'), isCode('engine_failed'));
    await Promise.all(open);
    assert.equal((await ask(engine, 'Hello!')).end, 'stop');
  });
});

describe('sampling', () => {
  test('the same seed gives the same answer, another seed another', async () => {
    const first = await ask(engine, 'Write a long story', { sampling: lively });
    const again = await ask(engine, 'Write a long story', { sampling: lively });
    const other = await ask(engine, 'Write a long story', { sampling: { ...lively, seed: 8 } });
    assert.deepEqual(again.tokens, first.tokens);
    assert.notDeepEqual(other.tokens, first.tokens);
  });

  test('a top-p of 0 and a top-k of 1 are greedy', async () => {
    const best = await ask(engine, 'Hello!');
    for (const cutoff of [{ topP: 0 }, { topK: 1 }, { minP: 1 }])
      assert.deepEqual(
        (await ask(engine, 'Hello!', { sampling: { ...greedy, temperature: 2, ...cutoff } })).tokens,
        best.tokens,
      );
  });

  test('a logit bias bans and forces tokens', async () => {
    const best = await ask(engine, 'Hello!');
    const first = best.tokens[0] ?? 0;
    const banned = await ask(engine, 'Hello!', { sampling: { ...greedy, logitBias: new Map([[first, -100]]) } });
    assert.ok(!banned.tokens.includes(first));
    const forced = await ask(engine, 'Hello!', {
      maxTokens: 4,
      sampling: { ...greedy, logitBias: new Map([[77, 100]]) },
    });
    assert.deepEqual(forced.tokens, [77, 77, 77, 77]);
  });

  test('a frequency penalty counts every occurrence, a presence penalty the first', async () => {
    // The bias of 300 outweighs any logit; 90 taken once leaves a lead, taken four times it leaves none.
    const biased = { ...greedy, logitBias: new Map([[77, 300]]) };
    const count = async (sampling: typeof greedy, resume: readonly number[] = []): Promise<number> => {
      const { tokens } = await ask(engine, 'Hello!', { maxTokens: 20, sampling, resume });
      return tokens.filter((token) => token === 77).length;
    };
    assert.equal(await count(biased), 20);
    assert.equal(await count({ ...biased, presencePenalty: 90 }), 20);
    const frequent = await count({ ...biased, frequencyPenalty: 90 });
    assert.ok(frequent >= 2 && frequent <= 4, `${frequent} times`);
    assert.equal(await count({ ...biased, frequencyPenalty: 90 }, [77, 77]), frequent - 2);
  });

  test('log-probabilities are those of the raw logits', async () => {
    const plain = await ask(engine, 'Hello!', { topLogprobs: 20 });
    const hot = await ask(engine, 'Hello!', { topLogprobs: 20, sampling: { ...greedy, temperature: 1.9, topK: 1 } });
    assert.deepEqual(hot.sampled, plain.sampled);
    for (const { token, logprob, top } of plain.sampled) {
      assert.equal(top.length, 20);
      assert.equal(top[0]?.token, token);
      assert.equal(top[0]?.logprob, logprob);
      const sum = top.reduce((sum, each) => sum + Math.exp(each.logprob), 0);
      assert.ok(sum > 0.5 && sum <= 1.0001, `the 20 best make up ${sum}`);
    }
    const none = await ask(engine, 'Hello!', { topLogprobs: 0 });
    assert.deepEqual(none.tokens, plain.tokens);
    for (const [index, { logprob, top }] of none.sampled.entries()) {
      assert.equal(top.length, 0);
      assert.ok(Math.abs((logprob ?? 0) - (plain.sampled[index]?.logprob ?? 0)) < 1e-4);
    }
  });

  test('log-probabilities name the chosen token even when it is not among the best', async () => {
    const forced = await ask(engine, 'Hello!', {
      maxTokens: 2,
      topLogprobs: 2,
      sampling: { ...greedy, logitBias: new Map([[77, 100]]) },
    });
    for (const { logprob, top } of forced.sampled) {
      assert.ok(logprob !== null && logprob < (top[1]?.logprob ?? 0));
      assert.ok(!top.some(({ token }) => token === 77));
    }
  });

  test('every sampled answer under a schema parses and conforms', async () => {
    for (let seed = 1; seed <= 12; seed++) {
      const answer = await ask(engine, 'Who?', { sampling: { ...lively, seed }, grammar: person, maxTokens: 90 });
      assert.equal(answer.end, 'stop');
      checkPerson(answer.text);
    }
  });

  test('a wrapped schema gives its fixed texts around the JSON', async () => {
    const grammar = { kind: 'wrapped_json_schema', before: '<<\n', schema: { const: [1] }, after: '\n>>' } as const;
    assert.equal((await ask(engine, 'Hello!', { grammar })).text, '<<\n[1]\n>>');
  });
});

describe('limits and the prefix cache', () => {
  test('a prompt is refused when it fills the context, and an answer ends where the context does', async () => {
    const prompt = promptFor(engine, 'a '.repeat(505)).slice(0, 511);
    await assert.rejects(ask(engine, [...prompt, 5]), isCode('context_length_exceeded'));
    const sampling = { ...greedy, logitBias: new Map([[77, 100]]) };
    const last = await ask(engine, prompt, { maxTokens: 100, sampling });
    assert.deepEqual([last.end, last.tokens.length], ['length', 1]);
    const few = await ask(engine, prompt.slice(0, 500), { maxTokens: 100, sampling });
    assert.deepEqual([few.end, few.tokens.length], ['length', 12]);
  });

  test('an empty prompt and unknown tokens are refused', async () => {
    await assert.rejects(ask(engine, []), isCode('invalid_value'));
    await assert.rejects(ask(engine, [1, 4096]), isCode('invalid_value'));
    const sampling = { ...greedy, logitBias: new Map([[9999, 1]]) };
    await assert.rejects(ask(engine, 'Hello!', { sampling }), isCode('invalid_value'));
  });

  test('the next turn of a conversation reuses what was evaluated, and it is counted', async () => {
    const question = 'Please tell me what a vector store is good for in retrieval.';
    const first = await ask(engine, question);
    const messages = [
      { role: 'user', content: question },
      { role: 'assistant', content: first.text },
      { role: 'user', content: 'And a graph store?' },
    ];
    const prompt = promptTokens(engine, {
      messages,
      tools: null,
      addGenerationPrompt: true,
      continueFinalMessage: false,
    });
    const before = engine.stats();
    const second = await ask(engine, prompt);
    const after = engine.stats();
    const reusable = promptFor(engine, question).length + first.tokens.length - 1;
    assert.ok((second.cachedTokens ?? 0) >= reusable, `${second.cachedTokens} of at least ${reusable}`);
    assert.equal(after.prefixCacheQueriesTotal - before.prefixCacheQueriesTotal, prompt.length);
    assert.equal(after.prefixCacheHitsTotal - before.prefixCacheHitsTotal, second.cachedTokens);
  });

  test('memory use shows while an answer is under way, and progress with every step', async () => {
    const answer = engine.generate({
      tenant: 'a',
      prompt: promptFor(engine, 'What is a pod?'),
      resume: [],
      maxTokens: 20,
      sampling: greedy,
      grammar: null,
      topLogprobs: null,
      signal: new AbortController().signal,
    });
    const before = engine.stats().lastProgressAt;
    await answer.next();
    const { kvCacheUsage, kvCache } = engine.stats();
    assert.ok(kvCacheUsage > 0);
    assert.equal((kvCache?.usedTokens ?? 0) / (kvCache?.totalTokens ?? 1), kvCacheUsage);
    assert.ok(engine.stats().lastProgressAt > before);
    await answer.return('aborted');
    assert.equal(engine.stats().kvCacheUsage, 0);
  });
});

describe('aborts', () => {
  test('two hundred aborted answers leave every sequence free and no memory behind', async () => {
    const abortOnce = async (index: number): Promise<void> => {
      const controller = new AbortController();
      const sampling = { ...greedy, logitBias: new Map([[77, 100]]) };
      const prompt = promptFor(engine, `Question ${index}: ${'why '.repeat(index % 40)}`);
      const answer = engine.generate({
        tenant: 'a',
        prompt,
        resume: [],
        maxTokens: 300,
        sampling,
        grammar: null,
        topLogprobs: null,
        signal: controller.signal,
      });
      for (let tokens = 0; tokens < index % 5; tokens++) await answer.next();
      const next = answer.next();
      controller.abort();
      const last = (await next).done === true ? await next : await answer.next();
      assert.deepEqual(last, { done: true, value: 'aborted' });
    };
    const burst = async (count: number): Promise<void> => {
      for (let index = 0; index < count; index += 8)
        await Promise.all(Array.from({ length: 8 }, (_, at) => abortOnce(index + at)));
    };
    await burst(40);
    const before = process.memoryUsage().rss;
    await burst(200);
    const grown = (process.memoryUsage().rss - before) / 2 ** 20;
    assert.ok(grown < 48, `memory grew by ${grown.toFixed(0)} MiB`);
    const answers = await Promise.all(questions.map((question) => ask(engine, question)));
    assert.ok(answers.every(({ end }) => end === 'stop'));
  });

  test('an answer aborted before it begins ends without a token', async () => {
    const aborted = await ask(engine, 'Hello!', { signal: AbortSignal.abort() });
    assert.deepEqual([aborted.end, aborted.tokens], ['aborted', []]);
  });

  test('closing the engine ends the answers under way, and no other begins', async () => {
    const closing = await startChatEngine({ maxSequences: 2 });
    const open = ask(closing, 'Hello!', { maxTokens: 400, sampling: { ...greedy, logitBias: new Map([[77, 300]]) } });
    await closing.close();
    assert.equal((await open).end, 'aborted');
    await assert.rejects(ask(closing, [5, 6]), isCode('engine_failed'));
  });

  test('an abort ends an answer within a few steps', async () => {
    const controller = new AbortController();
    const answer = ask(engine, 'Hello!', {
      maxTokens: 400,
      sampling: { ...greedy, logitBias: new Map([[77, 100]]) },
      signal: controller.signal,
      onPrefill: () => controller.abort(),
    });
    const { end, tokens } = await answer;
    assert.equal(end, 'aborted');
    assert.ok(tokens.length <= 1);
  });
});

function checkPerson(text: string): void {
  const value = JSON.parse(text) as { name: string; age: number; tags: string[] };
  assert.deepEqual(Object.keys(value), ['name', 'age', 'tags']);
  assert.ok(Array.from(value.name).length <= 12);
  assert.ok(Number.isInteger(value.age) && value.age >= 18 && value.age <= 99);
  assert.ok(value.tags.length >= 1 && value.tags.length <= 3);
  assert.ok(value.tags.every((tag) => personSchema.properties.tags.items.enum.includes(tag)));
}

function endOfGeneration(): number {
  return engine.tokenize('<|im_end|>', true)[0] ?? -1;
}

function isCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof KumikiError && error.code === code;
}
