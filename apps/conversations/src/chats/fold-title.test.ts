import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldTitle, foldWords } from './fold-title.ts';

test('width, case and kind of blank do not matter', () => {
  assert.equal(foldTitle('ＫＵＭＩＫＩ　の\tｸﾗｽﾀ'), 'kumiki の クラスタ');
  assert.equal(foldTitle('㈱クミキ ①'), '(株)クミキ 1');
  assert.equal(foldTitle('が'.normalize('NFD')), 'が');
});

test('a query is its words, and blanks alone are none', () => {
  assert.deepEqual(foldWords(' GPU　ノード '), ['gpu', 'ノード']);
  assert.deepEqual(foldWords(' 　 '), []);
});
