import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTest, read, sourceFiles } from '../repository/source-files.ts';

/** Beyond this a file holds more than one idea. */
const fileLineLimit = 400;
/** Of one function, blank lines and comments left out; oxlint counts them. */
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
