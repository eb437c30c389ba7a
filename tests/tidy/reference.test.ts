import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { generatedPages } from '../../scripts/reference/pages.ts';
import { read, root } from '../repository/source-files.ts';

for (const [path, render] of Object.entries(generatedPages)) {
  test(`${path} says what the code does`, () => {
    const written = existsSync(join(root, path)) ? read(path) : '';
    assert.ok(written === render(), `${path} is out of date: run 'npm run reference' and look at what has changed.`);
  });
}

test('every setting and every field of a manifest says what it means', () => {
  const without = Object.entries(generatedPages).flatMap(([path, render]) =>
    render()
      .split('\n')
      .filter((line) => line.startsWith('| `') && line.endsWith('|  |'))
      .map((line) => `${path}: ${line}`),
  );
  assert.deepEqual(without, []);
});
