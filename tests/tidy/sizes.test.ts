import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTest, read, sourceFiles } from '../repository/source-files.ts';

/** A longer file has more than one idea. */
const fileLineLimit = 400;
/** Lines of one function without blank lines and comments, checked by oxlint. */
const functionLineLimit = 70;

test(`no file is longer than ${fileLineLimit} lines`, () => {
  assert.deepEqual(
    sourceFiles
      .filter((path) => !isTest(path))
      .map((path) => ({ path, lines: read(path).split('\n').length - 1 }))
      .filter(({ lines }) => lines > fileLineLimit),
    [],
  );
});

test(`the linter refuses functions of more than ${functionLineLimit} lines`, () => {
  const { rules } = JSON.parse(read('.oxlintrc.json')) as { rules: Record<string, unknown> };
  assert.deepEqual(rules['max-lines-per-function'], [
    'error',
    { max: functionLineLimit, skipBlankLines: true, skipComments: true },
  ]);
});
