import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findFiles, sourceFiles } from '../repository/source-files.ts';

/** Names without meaning, which collect unrelated code. */
const forbidden = /^(utils?|common|shared|helpers?|misc|lib|stuff|types)$/;
const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** The names in a path: folders, and the file without its extensions. */
function namesOf(path: string): string[] {
  const parts = path.split('/');
  const file = parts.pop() ?? '';
  return [...parts, file.replace(/^\./, '').split('.')[0] ?? ''];
}

test('no file or folder has a name that says nothing', () => {
  assert.deepEqual(
    sourceFiles.filter((path) => namesOf(path).some((name) => forbidden.test(name))),
    [],
  );
});

test('files and folders are in kebab-case', () => {
  assert.deepEqual(
    sourceFiles.filter((path) => !namesOf(path).every((name) => kebab.test(name))),
    [],
  );
});

test('documents are in kebab-case, save those whose names every repository has', () => {
  const known = /^(README(\.[a-z]{2})?|ARCHITECTURE|LICENSE|CHANGELOG|CONTRIBUTING|SECURITY)$/;
  assert.deepEqual(
    findFiles(['*.md', 'docs/**/*.md']).filter((path) => {
      const name = (path.split('/').pop() ?? '').replace(/\.md$/, '');
      return !known.test(name) && !kebab.test(name.replace(/\.[a-z]{2}$/, ''));
    }),
    [],
  );
});
