import assert from 'node:assert/strict';
import { basename } from 'node:path/posix';
import { test } from 'node:test';
import { isProduct, lineAt, read, sourceFiles } from '../repository/source-files.ts';
import { bareCode } from './bare-code.ts';

/** Occurrences of a pattern in the product's code. */
function uses(pattern: RegExp, except: (path: string) => boolean): string[] {
  return sourceFiles
    .filter((path) => isProduct(path) && !/\/bin\//.test(path) && !except(path))
    .flatMap((path) => {
      const code = bareCode(read(path), { keepStrings: false });
      return [...code.matchAll(pattern)].map(({ index }) => `${path}:${lineAt(code, index)}`);
    });
}

test('only config.ts reads the environment', () => {
  assert.deepEqual(
    uses(/\bprocess\s*\??\.\s*env\b|\bimport\s*\{[^}]*\benv\b[^}]*\}/g, (path) => basename(path) === 'config.ts'),
    [],
  );
});

test('only main.ts ends the process', () => {
  assert.deepEqual(
    uses(/\bprocess\s*\??\.\s*(exit|abort|exitCode)\b/g, (path) => basename(path) === 'main.ts'),
    [],
  );
});

test('the product writes to the terminal through its log or its output, never by console', () => {
  assert.deepEqual(
    uses(/\bconsole\s*\./g, () => false),
    [],
  );
});
