import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLogLine, searchLog } from './read-log-line.ts';

test('a line of JSON is taken apart', () => {
  const line = readLogLine('{"level":50,"time":1700000000000,"pid":1,"msg":"it failed","replica":"a","ms":3}', 4);
  assert.deepEqual(
    [line.level, line.time, line.message, line.rest, line.at],
    ['error', 1_700_000_000_000, 'it failed', 'replica=a  ms=3', 4],
  );
});

test('a time may be a text, and what is no time is none', () => {
  assert.equal(readLogLine('{"time":"2026-01-01T00:00:00Z","msg":""}', 0).time, Date.UTC(2026, 0, 1));
  assert.equal(readLogLine('{"time":"soon"}', 0).time, null);
});

test('any other text stays as it is', () => {
  for (const text of ['{"level":', 'llama: warning: slow', '']) assert.equal(readLogLine(text, 0).message, text);
  assert.equal(readLogLine('llama: warning: slow', 0).level, 'warn');
});

test('a search finds in any width and case', () => {
  const lines = ['CUDA error', 'ok'].map(readLogLine);
  assert.deepEqual(
    searchLog(lines, 'ｃｕｄａ').map(({ text }) => text),
    ['CUDA error'],
  );
  assert.equal(searchLog(lines, '').length, 2);
});
