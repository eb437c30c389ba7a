import { allPaths, type PathRow } from '@kumiki/api';

/** Ids that are the hostile client's own, so that what it sends gets as far as it can. */
export type OwnIds = Readonly<Record<string, string>>;

/** A route as hostile clients see it, with everything in its path filled in. */
export interface HostileRoute {
  readonly row: PathRow;
  /** `METHOD pattern`. */
  readonly name: string;
  readonly path: string;
}

/** Routes that take a body, from the table of all. What is not named in `ids` gets an id that is nobody's. */
export function routesWithBodies(ids: OwnIds): HostileRoute[] {
  return allPaths
    .filter(({ body }) => body.kind !== 'none')
    .map((row) => {
      // What a body fit to be ignored deletes is missed by the routes that come later.
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
