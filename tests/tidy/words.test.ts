import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findFiles, lineAt, read } from '../repository/source-files.ts';

const texts = findFiles([
  '*.{md,json,ts}',
  '.ci/*',
  '{packages,apps,tests,bench,scripts,docs}/**/*.{ts,js,mjs,json,md,yaml,yml,py}',
]).filter((path) => path !== 'package-lock.json');

/** Occurrences of a pattern in all texts of the repository except this file. */
function occurrences(pattern: RegExp): string[] {
  return texts
    .filter((path) => path !== 'tests/tidy/words.test.ts')
    .flatMap((path) => {
      const text = read(path);
      return [...text.matchAll(pattern)].map(({ 0: found, index }) => `${path}:${lineAt(text, index)} ${found}`);
    });
}

test('a TODO names its owner', () => {
  assert.deepEqual(occurrences(/\b(?:TODO|FIXME|XXX|HACK)\b(?!\([a-z][\w-]*\))/g), []);
});

test('nothing names a place of the machine that it was written on', () => {
  assert.deepEqual(occurrences(/(?<![\w.~/])\/(?:home|root|Users|work|workspace|mnt|opt)\/[\w.-]+/g), []);
});

test('nothing names the registry mirror that it was installed through', () => {
  const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, { resolved?: string }> };
  const hosts = new Set(
    Object.values(lock.packages)
      .map(({ resolved }) => resolved)
      .filter((resolved) => resolved?.startsWith('http') === true)
      .map((resolved) => new URL(resolved ?? '').host),
  );
  hosts.delete('registry.npmjs.org');
  assert.deepEqual([...hosts], []);
});

test('no line ends in blanks, and every text ends with a line feed', () => {
  const wrong = texts.filter((path) => {
    const text = read(path);
    return text.length > 0 && (/[ \t]+$/m.test(text) || !text.endsWith('\n') || text.includes('\r'));
  });
  assert.deepEqual(wrong, []);
});
