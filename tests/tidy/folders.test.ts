import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findFiles, isTest } from '../repository/source-files.ts';
import { imports, targetOf } from './import-graph.ts';

/**
 * The folders of a source folder, lowest first. A file imports from its own folder and from those before it; a test may
 * import from all.
 */
const floors: Readonly<Record<string, readonly string[]>> = {
  'packages/api/src': ['errors', 'wire', 'kinds', 'snapshot', 'v1', 'kumiki', 'paths'],
};

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
    const own = imports.filter(({ from }) => from.startsWith(`${base}/`) && floorOf(from) >= 0 && !isTest(from));
    const upwards = own.filter((one) => {
      const target = targetOf(one);
      return (
        target !== null &&
        (!target.startsWith(`${base}/`) || floorOf(target) < 0 || floorOf(target) > floorOf(one.from))
      );
    });
    assert.ok(own.length > 0);
    assert.deepEqual(
      upwards.map(({ where }) => where),
      [],
    );
  });
}
