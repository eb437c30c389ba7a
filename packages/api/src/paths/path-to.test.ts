import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findPath } from './find-path.ts';
import { pathTo } from './path-to.ts';

test('a path is its pattern with the segments filled in, whatever they hold', () => {
  assert.equal(pathTo('/v1/kumiki/status'), '/v1/kumiki/status');
  const path = pathTo('/v1/vector_stores/:store/files/:file', { store: 'a/b', file: 'ü?' });
  assert.equal(path, '/v1/vector_stores/a%2Fb/files/%C3%BC%3F');
  assert.equal(findPath('GET', path)?.pattern, '/v1/vector_stores/:store/files/:file');
});
