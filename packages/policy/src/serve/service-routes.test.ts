import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allPaths, routeTableSchema } from '@kumiki/api';
import { serviceRoutes } from './service-routes.ts';

const address = { urls: ['http://a:1'], token: 'secret' };

test('every path of a service leads to it, and what is open without a key is open for its methods only', () => {
  for (const owner of ['conversations', 'search', 'accounts', 'console'] as const) {
    const backends = serviceRoutes(owner, address);
    routeTableSchema.parse({ models: [], backends });
    for (const { method, pattern, role } of allPaths.filter((row) => row.owner === owner)) {
      const path = pattern.replaceAll(/[:*][a-z_]*/g, 'x');
      const leads = backends.some(
        (one) =>
          (one.prefix === '/' || path === one.prefix || path.startsWith(`${one.prefix}/`)) &&
          one.role === role &&
          (one.methods?.includes(method) ?? true),
      );
      assert.ok(leads, `${method} ${pattern}`);
    }
    for (const { role, methods } of backends) assert.equal(methods === undefined, role !== null);
  }
});
