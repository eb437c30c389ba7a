import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allPaths } from '@kumiki/api';
import { isProduct, lineAt, read, sourceFiles } from '../repository/source-files.ts';
import { bareCode } from './bare-code.ts';

interface Literal {
  readonly where: string;
  /** Placeholders are `*`. */
  readonly path: string;
}

/** The literal paths in a file, without their queries. */
function literalsIn(file: string, text: string): Literal[] {
  const code = bareCode(text, { keepStrings: true });
  return [...code.matchAll(/(['"`])(\/v1(?:\/[^'"`\s]*)?)(?:\1|(?=\s))/g)].map(({ 2: path = '', index }) => ({
    where: `${file}:${lineAt(code, index)}`,
    path: path
      .replaceAll(/\$\{[^}]*\}/g, '*')
      .replace(/\?.*$/, '')
      .replace(/(?<=.)\/$/, ''),
  }));
}

const segmentsOf = (path: string): string[] => path.split('/').slice(1);

const apiRows = allPaths.filter(({ pattern }) => pattern.startsWith('/v1/'));

/** Whether a path is in the table, or is a prefix of one by whole segments. */
function isInTable(path: string): boolean {
  const given = segmentsOf(path);
  return apiRows.some(({ pattern }) => {
    const wanted = segmentsOf(pattern);
    const open = wanted.at(-1) === '*';
    if (!open && given.length > wanted.length) return false;
    return given.every((segment, at) => {
      const other = wanted[Math.min(at, wanted.length - 1)];
      if (other === undefined) return false;
      return segment === '*' || /^[:*]/.test(other) || segment === other;
    });
  });
}

test('the search for paths finds them, and knows the wrong ones', () => {
  const found = literalsIn(
    'x.ts',
    "call('/v1/files'); call(`/v1/files/${id}/content?a=1`); // '/v1/none'\nx('/v1/nothing');",
  );
  assert.deepEqual(
    found.map(({ path }) => path),
    ['/v1/files', '/v1/files/*/content', '/v1/nothing'],
  );
  assert.ok(apiRows.every(({ pattern }) => isInTable(pattern)));
  assert.ok(isInTable('/v1/kumiki/projects') && isInTable('/v1/models/org/name'));
  for (const wrong of ['/v1/nothing', '/v1/files/*/contents', '/v1/kumiki/status/x', '/v1/file']) {
    assert.ok(!isInTable(wrong), wrong);
  }
});

test('every path that the product writes is a row of the table of paths, or stands above one', () => {
  const wrong = sourceFiles
    .filter((file) => isProduct(file) && !file.startsWith('packages/api/'))
    .flatMap((file) => literalsIn(file, read(file)))
    .filter(({ path }) => path !== '/v1' && !isInTable(path));
  assert.deepEqual(
    wrong.map(({ where, path }) => `${where} ${path}`),
    [],
  );
});
