import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseWait, defaultBackendWaits as waits } from './choose-wait.ts';

test('what looks something up is waited for a minute, what asks a model or stores an upload longer', () => {
  for (const [path, flowed, expected] of [
    ['/v1/files', false, waits.answerMs],
    ['/v1/files', true, waits.storeMs],
    ['/v1/responses', false, waits.answerMs],
    ['/v1/responses/resp_1', false, waits.answerMs],
    ['/v1/responses/input_tokens', false, waits.modelMs],
    ['/v1/vector_stores/vs_1/search', false, waits.modelMs],
    ['/v1/vector_stores/vs_1/files/search', false, waits.answerMs],
    ['/v1/kumiki/status', false, waits.answerMs],
  ] as const) {
    assert.equal(chooseWait(waits, path, flowed), expected, path);
  }
  assert.ok(waits.answerMs < waits.modelMs && waits.modelMs < waits.storeMs);
});
