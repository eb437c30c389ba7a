import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allPaths } from './all-paths.ts';
import { servicePaths } from './service-paths.ts';

test('what services may ask for are rows of the table of paths', () => {
  const rows = new Set(allPaths.map(({ method, pattern }) => `${method} ${pattern}`));
  for (const path of Object.values(servicePaths).flat()) assert.ok(rows.has(path), path);
});
