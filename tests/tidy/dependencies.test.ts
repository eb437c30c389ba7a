import assert from 'node:assert/strict';
import { dirname } from 'node:path/posix';
import { test } from 'node:test';
import { findTestFiles } from '../../scripts/find-test-files.ts';
import { findFiles, read, root } from '../repository/source-files.ts';

interface PackageFile {
  readonly name: string;
  readonly private?: boolean;
  readonly license?: string;
  readonly type?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const packageFiles = findFiles(['package.json', 'packages/*/package.json', 'apps/*/package.json']).map((path) => ({
  path,
  content: JSON.parse(read(path)) as PackageFile,
}));

test('every dependency is pinned to one version, ours to the workspace', () => {
  const loose = packageFiles.flatMap(({ path, content }) =>
    Object.entries({ ...content.dependencies, ...content.devDependencies, ...content.optionalDependencies })
      .filter(([name, version]) =>
        name.startsWith('@kumiki/') ? version !== '*' : !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
      )
      .map(([name, version]) => `${path}: ${name} ${version}`),
  );
  assert.deepEqual(loose, []);
});

test('one library has one version in the whole workspace', () => {
  const versions = new Map<string, Set<string>>();
  for (const { content } of packageFiles) {
    for (const [name, version] of Object.entries({ ...content.dependencies, ...content.devDependencies })) {
      versions.set(name, (versions.get(name) ?? new Set()).add(version));
    }
  }
  assert.deepEqual(
    [...versions].filter(([, found]) => found.size > 1).map(([name, found]) => `${name}: ${[...found].join(', ')}`),
    [],
  );
});

test('every workspace is named for its folder, private, Apache-2.0 and made of modules', () => {
  for (const { path, content } of packageFiles) {
    if (path !== 'package.json') assert.equal(content.name, `@kumiki/${dirname(path).split('/').pop()}`);
    assert.equal(content.private, true, path);
    assert.equal(content.license, 'Apache-2.0', path);
    assert.equal(content.type, 'module', path);
  }
});

test('the test runner runs every test file that there is', () => {
  assert.deepEqual(findTestFiles(root, 'every').toSorted(), findFiles('**/*.test.{ts,js,mjs,mts,tsx}'));
});
