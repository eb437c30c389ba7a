import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allPaths } from './all-paths.ts';
import { prefixesOf } from './path-prefixes.ts';

test('a service has one prefix for each of its collections and roles', () => {
  assert.deepEqual(prefixesOf('search'), [
    { prefix: '/v1/files', role: 'inference' },
    { prefix: '/v1/vector_stores', role: 'inference' },
    { prefix: '/v1/kumiki/usage/files', role: 'admin' },
  ]);
  assert.deepEqual(
    prefixesOf('conversations').map(({ prefix, role }) => `${role} ${prefix}`),
    [
      'inference /v1/responses',
      'inference /v1/conversations',
      'inference /v1/batches',
      'inference /v1/kumiki/chats',
      'admin /v1/kumiki/projects',
      'admin /v1/kumiki/usage/conversations',
    ],
  );
});

test('the longest prefix that covers a route has the role of its row', () => {
  for (const owner of ['conversations', 'search'] as const) {
    const prefixes = prefixesOf(owner);
    for (const row of allPaths.filter((one) => one.owner === owner)) {
      const [longest] = prefixes
        .filter(({ prefix }) => row.pattern === prefix || row.pattern.startsWith(`${prefix}/`))
        .toSorted((a, b) => b.prefix.length - a.prefix.length);
      assert.equal(longest?.role, row.role, row.pattern);
    }
  }
});
