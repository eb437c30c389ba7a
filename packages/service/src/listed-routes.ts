import { allPaths, type PathOwner, type PathRow } from '@kumiki/api';
import type { FastifyInstance } from 'fastify';

/** Rows of the table that an app has not registered yet. */
const unregistered = new WeakMap<FastifyInstance, Set<PathRow>>();

/** A path with its segment names removed, for comparing the table with a service's routes. */
function shapeOf(method: string, pattern: string): string {
  return `${method} ${pattern.replace(/:\w+/g, ':')}`;
}

/**
 * Gives each route that an app registers the body limit of its row in the table of paths. A route without a row throws,
 * since the gateway would not admit it.
 */
export function requireRows(app: FastifyInstance, owner: PathOwner): void {
  const rows = new Map(
    allPaths.filter((row) => row.owner === owner).map((row) => [shapeOf(row.method, row.pattern), row]),
  );
  const missing = new Set(rows.values());
  unregistered.set(app, missing);
  app.addHook('onRoute', (route) => {
    for (const method of [route.method].flat()) {
      // Fastify adds HEAD to every GET.
      if (method === 'HEAD') continue;
      const row = rows.get(shapeOf(method, route.url));
      if (row === undefined) throw new Error(`${method} ${route.url} of ${owner} has no row in packages/api/src/paths`);
      missing.delete(row);
      // Fastify does not accept a limit of 0.
      route.bodyLimit = Math.max(1, row.body.maxBytes);
      route.config = { ...route.config, maxValues: row.body.maxValues };
    }
  });
}

/** Throws when the app lacks routes of the table. */
export function requireAllRows(app: FastifyInstance): void {
  const missing = [...(unregistered.get(app) ?? [])].map(({ method, pattern }) => `${method} ${pattern}`);
  if (missing.length > 0) throw new Error(`Nothing answers ${missing.join(', ')} of packages/api/src/paths`);
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Members and elements of a JSON body in total. */
    maxValues?: number;
  }
}
