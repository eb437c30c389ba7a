import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTellSeldom } from './tell-seldom.ts';

test('what one does over and over is told once a minute, and of many subjects the last are remembered', () => {
  let now = 0;
  const tells = createTellSeldom(() => now);
  assert.deepEqual([tells('a'), tells('a'), tells('b')], [true, false, true]);
  now = 59_999;
  assert.equal(tells('a'), false);
  now = 60_000;
  assert.deepEqual([tells('a'), tells('a')], [true, false]);
  for (let at = 0; at < 1_024; at++) tells(`many ${at}`);
  assert.deepEqual([tells('many 1023'), tells('a')], [false, true]);
});
