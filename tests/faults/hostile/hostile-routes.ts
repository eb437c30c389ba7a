import { allPaths, type PathRow } from '@kumiki/api';

/** Ids of the hostile client's own resources, so that its requests pass the checks for existence. */
export type OwnIds = Readonly<Record<string, string>>;

/** A route for hostile clients, with its path filled in. */
export interface HostileRoute {
  readonly row: PathRow;
  /** `METHOD pattern`. */
  readonly name: string;
  readonly path: string;
}

/** All routes with a body. Segments that `ids` does not contain get an id that does not exist. */
export function routesWithBodies(ids: OwnIds): HostileRoute[] {
  return allPaths
    .filter(({ body }) => body.kind !== 'none')
    .map((row) => {
      // DELETE gets an id that does not exist, since later routes need the real ones.
      const path = row.method === 'DELETE' ? row.sample : fillPath(row, ids);
      return { row, name: `${row.method} ${row.pattern}`, path };
    });
}

function fillPath(row: PathRow, ids: OwnIds): string {
  const samples = row.sample.split('/');
  return row.pattern
    .split('/')
    .map((segment, at) => (segment.startsWith(':') ? (ids[segment.slice(1)] ?? samples[at] ?? 'none') : segment))
    .join('/')
    .replace(/\*$/, 'none');
}
