import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatTimings, parseTimings } from './timings.ts';

const ms = fc.double({ min: 0, max: 86_400_000, noNaN: true });

test('timings are read as they were told, to a tenth of a millisecond', () => {
  fc.assert(
    fc.property(ms, ms, ms, (queueMs, prefillMs, decodeMs) => {
      const read = parseTimings(formatTimings({ queueMs, prefillMs, decodeMs }));
      assert.ok(read);
      const differences = [read.queueMs - queueMs, read.prefillMs - prefillMs, read.decodeMs - decodeMs];
      for (const difference of differences) assert.ok(Math.abs(difference) <= 0.0501);
    }),
  );
});

test('whatever else a server says is no timing', () => {
  for (const text of [
    '',
    '1 2',
    '1 2 3 4',
    '1 2 x',
    '-1 2 3',
    '1e3 2 3',
    'NaN NaN NaN',
    '1  2 3',
    '1 2 3\n',
    ' 1 2 3',
  ]) {
    assert.equal(parseTimings(text), null, JSON.stringify(text));
  }
  fc.assert(
    fc.property(fc.string(), (text) => {
      const read = parseTimings(text);
      assert.ok(read === null || Object.values(read).every((value) => value >= 0 && Number.isFinite(value)));
    }),
  );
});
