import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findTerms, termsOf } from './find-terms.ts';

const marked = (text: string, query: string): string[] =>
  findTerms(text, termsOf(query)).map(({ start, end }) => text.slice(start, end));

test('words are marked in any width and case, to their end', () => {
  assert.deepEqual(marked('Pods are pending. A pod waits for GPUs.', 'Why is my ＧＰＵ pod pending?'), [
    'Pods',
    'pending',
    'pod',
    'GPUs',
  ]);
});

test('a word inside another one is none', () => {
  assert.deepEqual(marked('cartoon art', 'art'), ['art']);
});

test('Japanese words are found inside a sentence, half width or full', () => {
  assert.deepEqual(marked('ノードの増設はｸﾗｽﾀの管理者に依頼します。', 'クラスタのノードを増設'), [
    'ノード',
    '増設',
    'ｸﾗｽﾀ',
  ]);
});

test('a query of common words marks nothing', () => {
  assert.deepEqual(marked('what is this', 'What is it?'), []);
});
