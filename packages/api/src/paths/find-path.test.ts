import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allPaths } from './all-paths.ts';
import { findPath } from './find-path.ts';

test('every row is found by its sample, and HEAD where there is GET', () => {
  for (const row of allPaths) {
    assert.equal(findPath(row.method, row.sample), row, `${row.method} ${row.sample}`);
    if (row.method === 'GET') assert.equal(findPath('HEAD', row.sample), row);
  }
});

test('no two rows are one', () => {
  const shapes = allPaths.map(({ method, pattern }) => `${method} ${pattern.replace(/:\w+/g, ':')}`);
  assert.deepEqual(
    shapes.filter((shape, at) => shapes.indexOf(shape) !== at),
    [],
  );
});

test('what names more goes before what takes any id', () => {
  assert.equal(findPath('POST', '/v1/responses/input_tokens')?.pattern, '/v1/responses/input_tokens');
  assert.equal(findPath('POST', '/v1/responses/r/cancel')?.pattern, '/v1/responses/:response/cancel');
});

test('model names may hold slashes; pages are all that is not under /v1', () => {
  assert.equal(findPath('GET', '/v1/models/org/name')?.pattern, '/v1/models/*');
  assert.equal(findPath('GET', '/requests/r')?.pattern, '/*');
  assert.equal(findPath('GET', '/')?.pattern, '/');
  for (const path of ['/v1', '/v1/', '/v1/x', '/v1/files/', '/v1/files//content', '/v1/filesystem']) {
    assert.equal(findPath('GET', path), null, path);
  }
  assert.equal(findPath('PUT', '/v1/files'), null);
  assert.equal(findPath('POST', '/requests'), null);
});

test('only uploads are large, and nobody without a key sends more than a few kilobytes', () => {
  for (const { method, pattern, role, body } of allPaths) {
    if (body.kind !== 'form') assert.ok(body.maxBytes <= 33_554_432, pattern);
    if (role === null) assert.ok(body.maxBytes <= 4_096, pattern);
    assert.equal(body.kind === 'none', body.maxBytes === 0, pattern);
    if (method === 'GET') assert.equal(body.kind, 'none', pattern);
  }
});
