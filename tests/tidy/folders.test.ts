import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { test } from 'node:test';
import { bareCode } from './bare-code.ts';
import { findFiles, isTest, lineAt, read } from './source-files.ts';

/** The folders of a source folder, the lowest first. A file imports from its own folder and from those before it, a test from all. */
const floors: Readonly<Record<string, readonly string[]>> = {
  'packages/api/src': ['errors', 'wire', 'kinds', 'snapshot', 'v1', 'kumiki', 'paths'],
};

const importPattern = /(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s*)(['"])(\.[^'"\n]+)\1/g;

/** A file's folder below `base`; empty for the files of `base` itself. */
function folderOf(base: string, path: string): string {
  const parts = path.slice(base.length + 1).split('/');
  return parts.length > 1 ? (parts[0] ?? '') : '';
}

for (const [base, order] of Object.entries(floors)) {
  const files = findFiles(`${base}/**/*.ts`);

  test(`${base} has the folders that are listed, and no file beside them but its entry`, () => {
    const found = new Set(files.map((path) => folderOf(base, path)).filter((folder) => folder !== ''));
    assert.deepEqual([...found].toSorted(), order.toSorted());
    assert.deepEqual(
      files.filter((path) => folderOf(base, path) === ''),
      [`${base}/index.ts`],
    );
  });

  test(`the folders of ${base} import in one direction`, () => {
    const floorOf = (path: string): number => order.indexOf(folderOf(base, path));
    let seen = 0;
    const upwards = files
      .filter((path) => path !== `${base}/index.ts` && !isTest(path))
      .flatMap((from) => {
        const code = bareCode(read(from), { keepStrings: true });
        return [...code.matchAll(importPattern)].flatMap((match) => {
          const target = posix.join(posix.dirname(from), match[2] ?? '');
          seen += 1;
          const inOrder = target.startsWith(`${base}/`) && floorOf(target) >= 0 && floorOf(target) <= floorOf(from);
          return inOrder ? [] : [`${from}:${lineAt(code, match.index)} imports ${match[2]}`];
        });
      });
    assert.ok(seen > 0);
    assert.deepEqual(upwards, []);
  });
}
