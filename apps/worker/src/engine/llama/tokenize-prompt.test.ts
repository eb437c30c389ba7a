import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { startChatEngine } from './engine-for-tests.ts';

const engine = await startChatEngine({ contextTokens: 8_192, maxSequences: 1 });
after(() => engine.close());

const words = ['The', 'pod', 'ö', '東京', 'です', 'ポッド', '12', '3', '🙂', 'e\u0301', '<|im_start|>', '<|im_end|>'];
const between = [' ', '  ', '\n', '\n\n', ' \n', '。', '、', '，', ', ', '.', '.\n', '\t', '', ';\n', '\r\n', "'s "];

/** The tokens, and the number of steps. */
function inSteps(text: string, plain: boolean): { tokens: number[]; steps: number } {
  const work = engine.tokenizePieces([{ text, plain }], false);
  for (let steps = 1; ; steps++) {
    const step = work.next();
    if (step.done === true) return { tokens: step.value, steps };
  }
}

test('a text that is tokenised in parts has the tokens that it has whole', () => {
  const part = fc.tuple(fc.constantFrom(...words), fc.constantFrom(...between)).map((pair) => pair.join(''));
  const text = fc
    .tuple(fc.array(part, { minLength: 400, maxLength: 800, size: 'max' }), fc.array(part, { maxLength: 7 }))
    .map(([many, few]) => many.join('') + few.join('').repeat(300));
  let most = 0;
  fc.assert(
    fc.property(fc.array(text, { minLength: 3, maxLength: 6 }), fc.boolean(), (texts, plain) => {
      const whole = texts.join('');
      const { tokens, steps } = inSteps(whole, plain);
      most = Math.max(most, steps);
      assert.deepEqual(tokens, engine.tokenize(whole, !plain));
    }),
    { numRuns: 40 },
  );
  assert.ok(most > 3, `in ${most} steps at most`);
});

test('prose of both languages, code and lists are cut into parts of a few thousand characters', () => {
  for (const unit of [
    'The quick brown fox jumps. ',
    '東京の天気は、晴れです。',
    'return x + 1;\n  const value = { name };\n',
    '1,2,3\n',
  ]) {
    const text = unit.repeat(Math.floor(60_000 / unit.length));
    const { tokens, steps } = inSteps(text, true);
    assert.ok(steps >= 8, `${JSON.stringify(unit)} in ${steps} steps`);
    assert.deepEqual(tokens, engine.tokenize(text, false).slice(0, tokens.length));
  }
});
