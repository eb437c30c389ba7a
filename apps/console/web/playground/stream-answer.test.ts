import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokensPerSecond } from './stream-answer.ts';

const usage = { prompt_tokens: 1, completion_tokens: 11, total_tokens: 12 };

test('speed counts tokens after the first one, over the time between the first piece and the last', () => {
  assert.equal(tokensPerSecond({ usage, pieces: 6, firstMs: 300, lastMs: 1_300 }), 10);
  assert.equal(tokensPerSecond({ usage: null, pieces: 6, firstMs: 300, lastMs: 1_300 }), 5);
});

test('what came at once, or has not come, has no speed', () => {
  assert.equal(tokensPerSecond({ usage, pieces: 6, firstMs: 300, lastMs: 310 }), null);
  assert.equal(tokensPerSecond({ usage, pieces: 0, firstMs: null, lastMs: null }), null);
  assert.equal(tokensPerSecond({ usage: null, pieces: 1, firstMs: 300, lastMs: 1_300 }), null);
});
