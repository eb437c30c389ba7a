import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeReply } from './judge.ts';

const none = { broken: 0, full: 0 };

test('an answer is an answer, and what the model refuses is refused', () => {
  assert.equal(judgeReply(200, undefined, none), 'answered');
  for (const status of [400, 401, 403, 404, 413, 422]) assert.equal(judgeReply(status, undefined, none), 'refused');
});

test('a full model is waited for long, a broken one is tried a few times', () => {
  for (const status of [429, 503]) assert.equal(judgeReply(status, 'true', { broken: 0, full: 150 }), 'full');
  assert.equal(judgeReply(429, undefined, { broken: 0, full: 199 }), 'refused');
  for (const status of [null, 408, 409, 500, 502, 504]) {
    assert.equal(judgeReply(status, undefined, { broken: 3, full: 100 }), 'broken');
    assert.equal(judgeReply(status, undefined, { broken: 4, full: 0 }), 'refused');
  }
});

test('x-should-retry: false has the last word', () => {
  for (const status of [409, 429, 500, 503]) assert.equal(judgeReply(status, 'false', none), 'refused');
});
