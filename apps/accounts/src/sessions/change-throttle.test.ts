import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createChangeThrottle } from './change-throttle.ts';

test('what one does over and over is told once a minute, and of many subjects the last are remembered', () => {
  let now = 0;
  const mayLog = createChangeThrottle(() => now);
  assert.deepEqual([mayLog('a'), mayLog('a'), mayLog('b')], [true, false, true]);
  now = 59_999;
  assert.equal(mayLog('a'), false);
  now = 60_000;
  assert.deepEqual([mayLog('a'), mayLog('a')], [true, false]);
  for (let at = 0; at < 1_024; at++) mayLog(`many ${at}`);
  assert.deepEqual([mayLog('many 1023'), mayLog('a')], [false, true]);
});
