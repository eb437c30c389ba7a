import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { termsOf } from './terms.ts';

test('English words are found in any case, number and tense', () => {
  assert.deepEqual(termsOf('Restarting replicas'), termsOf('restart REPLICA'));
  assert.deepEqual(termsOf("the worker's death"), termsOf('the worker death'));
  assert.deepEqual(termsOf('café ﬁle'), termsOf('cafe file'));
});

test('Japanese becomes overlapping pairs of characters, and a single character stays', () => {
  assert.deepEqual(termsOf('東京都'), ['東京', '京都']);
  assert.deepEqual(termsOf('字'), ['字']);
  assert.deepEqual(termsOf('𠮟る声'), ['𠮟る', 'る声']);
});

test('the long vowel that ends a katakana word does not matter, save in the shortest words', () => {
  assert.deepEqual(termsOf('サーバーの'), termsOf('サーバの'));
  assert.deepEqual(termsOf('キー'), ['キー']);
  assert.deepEqual(termsOf('データ'), termsOf('ﾃﾞｰﾀ'));
});

test('words and Japanese that touch are told apart', () => {
  assert.deepEqual(termsOf('GPUメモリ、ＡＰＩキー'), ['gpu', 'メモ', 'モリ', 'api', 'キー']);
});

test('identifiers are found whole and by their parts', () => {
  assert.deepEqual(termsOf('maxTokens'), ['maxtokens', 'max', 'token']);
  assert.deepEqual(termsOf('KUMIKI_POSTGRES_URL'), ['kumiki_postgres_url', 'kumiki', 'postgr', 'url']);
  assert.deepEqual(termsOf('HTTPServer.close'), ['httpserver.close', 'http', 'server', 'close']);
  assert.deepEqual(termsOf('--skip-checks'), ['skip-checks', 'skip', 'check']);
});

test('numbers and versions are found as they are written, thousands with and without their commas', () => {
  assert.deepEqual(termsOf('3.22.1'), ['3.22.1']);
  assert.deepEqual(termsOf('2,000 streams'), termsOf('2000 streams'));
  assert.deepEqual(termsOf('404'), ['404']);
});

test('words that every text has are left out, in both languages', () => {
  assert.deepEqual(termsOf('What is the port of the gateway?'), ['port', 'gatewai']);
  assert.deepEqual(termsOf('鍵を失効します'), ['鍵を', 'を失', '失効', '効し']);
});

test('signs alone have no terms', () => {
  assert.deepEqual(termsOf(' … — !? __ '), []);
});

test('any text has terms without blanks, each of bounded length', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      for (const term of termsOf(text)) assert.match(term, /^\S{1,200}$/u);
    }),
  );
});
