import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import type { Replica } from '@kumiki/api';
import { createBars } from '../up/bars.ts';
import { formatAge, formatBytes, parseDuration } from './format.ts';
import { printable } from './printable.ts';
import { formatTable } from './table.ts';

test('columns line up by what the terminal shows: colours take no room, wide characters two', () => {
  const table = formatTable(
    ['A', 'B'],
    [
      ['\u001B[32mok\u001B[39m', '1'],
      ['日本', '2'],
    ],
  );
  assert.deepEqual(stripVTControlCharacters(table).split('\n'), ['A     B', 'ok    1', '日本  2']);
});

test('ages, sizes and durations', () => {
  assert.deepEqual([5, 119, 120, 7_200, 172_800].map(formatAge), ['5s', '119s', '2m', '2h', '2d']);
  assert.deepEqual([0, 1_048_576, 1_610_612_736].map(formatBytes), ['0 MiB', '1 MiB', '1.5 GiB']);
  assert.deepEqual(['90s', '2w', '30d', '5', 'd', '-1h'].map(parseDuration), [
    90,
    1_209_600,
    2_592_000,
    null,
    null,
    null,
  ]);
});

test('a model cannot move the cursor or hide text', () => {
  assert.equal(printable('a\u001B[2Jb\u0007c\r\nd\te'), 'abc\nd\te');
});

test('bars are drawn in the place of those before, and vanish', () => {
  let written = '';
  const bars = createBars({ columns: 80, rows: 24, write: (text) => (written += text) });
  const replica = (progress: number): Replica => ({
    object: 'kumiki.replica',
    id: 'shop-0',
    service: 'shop',
    model: 'shop',
    revision: 'r',
    phase: 'starting',
    reason: 'the model is loaded',
    cause: null,
    pid: 1,
    url: null,
    progress,
    restarts: 0,
    running: null,
    waiting: null,
    rss_bytes: null,
    started_at: null,
  });
  bars.draw([replica(0.25)]);
  assert.equal(stripVTControlCharacters(written), `shop-0  ${'█'.repeat(6)}${'░'.repeat(18)}  25 %\n`);
  written = '';
  bars.draw([replica(0.25)]);
  assert.equal(written, '', 'what is the same is not drawn again');
  bars.draw([replica(0.5)]);
  assert.ok(written.startsWith('\u001B[1A\u001B[0J'));
  written = '';
  bars.clear();
  bars.clear();
  assert.equal(written, '\u001B[1A\u001B[0J');
});
