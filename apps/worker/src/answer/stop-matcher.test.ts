import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createStopMatcher } from './stop-matcher.ts';

function run(stops: readonly string[], pieces: readonly string[]): { text: string; stopped: boolean } {
  const matcher = createStopMatcher(stops);
  let text = '';
  for (const piece of pieces) text += matcher.push(piece);
  return { text: matcher.stopped ? text : text + matcher.flush(), stopped: matcher.stopped };
}

const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'あ'), maxLength: 24 });
const stops = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'あ'), minLength: 1, maxLength: 5 }), {
  maxLength: 4,
});

test('the result is the same however the text is cut, and equals looking at each prefix of the whole', () => {
  fc.assert(
    fc.property(fc.array(letters, { maxLength: 8 }), stops, (pieces, strings) => {
      const whole = pieces.join('');
      let expected = { text: whole, stopped: false };
      for (let end = 1; end <= whole.length && !expected.stopped; end++) {
        const begins = strings.filter((stop) => whole.slice(0, end).endsWith(stop)).map((stop) => end - stop.length);
        if (begins.length > 0) expected = { text: whole.slice(0, Math.min(...begins)), stopped: true };
      }
      assert.deepEqual(run(strings, pieces), expected);
      assert.deepEqual(run(strings, Array.from(whole)), expected);
    }),
    { numRuns: 5_000 },
  );
});

test('only what may begin a stop string is held back', () => {
  const matcher = createStopMatcher(['STOP']);
  assert.equal(matcher.push('go ST'), 'go ');
  assert.equal(matcher.push('AND'), 'STAND');
  assert.equal(matcher.push(' STOP now'), ' ');
  assert.equal(matcher.stopped, true);
  assert.equal(matcher.push('more'), '');
});
