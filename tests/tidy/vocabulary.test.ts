import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isProduct, lineAt, read, sourceFiles } from '../repository/source-files.ts';
import { bareCode } from './bare-code.ts';

/** Occurrences of a pattern in the product's code. */
function occurrences(pattern: RegExp, options = { keepStrings: false }): string[] {
  return sourceFiles.filter(isProduct).flatMap((path) => {
    const code = bareCode(read(path), options);
    return [...code.matchAll(pattern)].map(({ 0: found, index }) => `${path}:${lineAt(code, index)} ${found.trim()}`);
  });
}

test('a guard is called require…: what throws unless something holds has one verb', () => {
  assert.deepEqual(occurrences(/\bfunction (?:demand|insist|assert)[A-Z]\w*/g), []);
  assert.ok(occurrences(/\bfunction require[A-Z]\w*/g).length > 10);
});

test('refuse… always refuses, so it returns the refusal or nothing at all', () => {
  assert.deepEqual(occurrences(/\bfunction refuse[A-Z]\w*\([^{}]*\): void\b/g), []);
  assert.deepEqual(occurrences(/\bfunction refuse[A-Z]\w*\([^{}]*\): Promise<void>/g), []);
});

test('words that stand for one of several are in snake_case', () => {
  const tag = /\b(?:kind|outcome|reason|state|phase|verdict|failure|code|cause)\??: '[a-z0-9]+(?:-[a-z0-9]+)+'/g;
  assert.deepEqual(occurrences(tag, { keepStrings: true }), []);
});

test('the page of words says each word once', () => {
  const words = [...read('docs/vocabulary.md').matchAll(/^\| ([a-z][a-z ]*) \|/gm)].map((match) => match[1] ?? '');
  const rows = words.filter((word) => word !== 'word' && word !== 'verb' && word !== 'what');
  assert.ok(rows.length >= 40);
  assert.deepEqual(
    rows.filter((word, at) => rows.indexOf(word) !== at),
    [],
  );
});
