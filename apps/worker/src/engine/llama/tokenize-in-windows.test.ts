import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { runUnits } from '@kumiki/testing';
import fc from 'fast-check';
import { mergingVocabulary } from '../../testing/merging-vocabulary.ts';
import { embeddingModelPath, startChatEngine } from './engine-for-tests.ts';
import { tokenizeInWindows } from './tokenize-in-windows.ts';

const contextTokens = 8_192;
const chat = await startChatEngine({ contextTokens, maxSequences: 1 });
const embedding = await startChatEngine({ modelPath: embeddingModelPath, task: 'embedding', contextTokens });
after(() => Promise.all([chat.close(), embedding.close()]));

function run<Result>(work: Generator<void, Result, void>): { result: Result; steps: number } {
  for (let steps = 1; ; steps++) {
    const step = work.next();
    if (step.done === true) return { result: step.value, steps };
  }
}

const smallSize = { window: 96, margin: 16, endSearch: 48, lead: 24 };

for (const kind of ['bpe', 'spm'] as const) {
  test(`a text in windows has the tokens of the whole, with merges by chance (${kind})`, () => {
    let cut = 0;
    const inputs = fc.record({
      seed: fc.nat(),
      text: fc
        .array(
          fc
            .tuple(fc.stringMatching(/^[abcd ]{1,9}$/), fc.integer({ min: 1, max: 60 }))
            .map(([unit, n]) => unit.repeat(n)),
          { minLength: 2, maxLength: 6 },
        )
        .map((parts) => parts.join('')),
    });
    fc.assert(
      fc.property(inputs, ({ seed, text }) => {
        const vocabulary = mergingVocabulary(seed, 'abcd ', kind);
        const { result, steps } = run(tokenizeInWindows(text, false, vocabulary, Number.POSITIVE_INFINITY, smallSize));
        if (result === null) return;
        if (steps > 1) cut++;
        assert.deepEqual(result, vocabulary.tokenize(text, false));
      }),
      { numRuns: 600 },
    );
    assert.ok(cut > 80, `${cut} texts were cut`);
  });
}

const runs = fc.tuple(fc.constantFrom(...runUnits, '0', '12', '<|im_start|>'), fc.integer({ min: 1, max: 9_000 }));
const mixtures = fc
  .array(fc.constantFrom(...runUnits, 'the', '東京', '12'), { minLength: 2, maxLength: 9 })
  .map((units): [string, number] => [units.join(''), 1_200]);
const longTexts = fc
  .array(fc.oneof(runs, mixtures), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.map(([unit, count]) => unit.repeat(count)).join(''));

for (const [name, engine] of Object.entries({ chat, embedding })) {
  test(`runs and mixtures of any characters have the tokens of the whole where they fit (${name})`, () => {
    fc.assert(
      fc.property(longTexts, fc.boolean(), (text, plain) => {
        const { result } = run(engine.tokenizePieces([{ text, plain }], false));
        const whole = engine.tokenize(text, !plain);
        if (whole.length <= contextTokens) assert.deepEqual(result, whole);
        else assert.ok(result.length > contextTokens, `${result.length} tokens of ${whole.length}`);
      }),
      { numRuns: 25 },
    );
  });
}

test('a text of letters, of one character or of numbers is tokenised in steps of a few thousand characters', () => {
  const shuffled = (letters: string, count: number): string => {
    let state = 7;
    let text = '';
    for (let at = 0; at < count; at++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      text += letters.charAt((state >>> 16) % letters.length);
    }
    return text;
  };
  for (const text of [
    'a'.repeat(60_000),
    shuffled('abcdefghijklmnopqrstuvwxyz', 60_000),
    shuffled('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/', 60_000),
    shuffled('東京都の天気ははれです', 60_000),
    ' '.repeat(60_000),
    '-'.repeat(60_000),
    '🙂'.repeat(30_000),
    '12,345,'.repeat(9_000),
  ]) {
    const { steps } = run(chat.tokenizePieces([{ text, plain: true }], false));
    assert.ok(steps >= 10, `${JSON.stringify(text.slice(0, 20))} in ${steps} steps`);
  }
});
