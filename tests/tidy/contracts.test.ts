import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isProduct, lineAt, read, sourceFiles } from '../repository/source-files.ts';
import { bareCode } from './bare-code.ts';

test('no schema is declared to be of a type that is written beside it: types are inferred from schemas', () => {
  const declared = sourceFiles.filter(isProduct).flatMap((path) => {
    const code = bareCode(read(path), { keepStrings: false });
    return [...code.matchAll(/\bconst\s+\w+\s*:\s*z\.ZodType<(?!unknown)/g)].map(
      ({ index }) => `${path}:${lineAt(code, index)}`,
    );
  });
  assert.deepEqual(declared, []);
});
