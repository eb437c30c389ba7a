import { allPaths } from './all-paths.ts';
import type { PathRow } from './path-row.ts';

/** Segments of a pattern after the first slash; null matches any one segment. */
interface Compiled {
  readonly row: PathRow;
  readonly segments: readonly (string | null)[];
  /** The pattern ends in `*`: it matches any further segments. */
  readonly open: boolean;
}

/** Rows are grouped by method and first two segments, so that a look-up compares only a few. */
function bucketOf(method: string, path: string): string {
  const [, first = '', second = ''] = path.split('/', 3);
  return `${method} /${first}/${second}`;
}

function compile(row: PathRow): Compiled {
  const open = row.pattern.endsWith('/*');
  const segments = (open ? row.pattern.slice(0, -2) : row.pattern).split('/').slice(1);
  return { row, segments: segments.map((segment) => (segment.startsWith(':') ? null : segment)), open };
}

/** More specific patterns go first: `/v1/responses/input_tokens` before `/v1/responses/:response`. */
function compare(a: Compiled, b: Compiled): number {
  if (a.open !== b.open) return a.open ? 1 : -1;
  const literal = ({ segments }: Compiled): number => segments.filter((segment) => segment !== null).length;
  return literal(b) - literal(a);
}

const exact = new Map<string, PathRow>();
const buckets = new Map<string, Compiled[]>();
/** Patterns outside the API. */
const rest: Compiled[] = [];

for (const compiled of allPaths.map(compile).sort(compare)) {
  const { row, segments, open } = compiled;
  if (!open && !segments.includes(null)) exact.set(`${row.method} ${row.pattern}`, row);
  else if (!isApiPath(row.pattern)) rest.push(compiled);
  else {
    const bucket = bucketOf(row.method, row.pattern);
    buckets.set(bucket, [...(buckets.get(bucket) ?? []), compiled]);
  }
}

/**
 * The row of a request, null when there is none.
 * @param path without its query.
 */
export function findPath(method: string, path: string): PathRow | null {
  const asked = method === 'HEAD' ? 'GET' : method;
  const row = exact.get(`${asked} ${path}`);
  if (row !== undefined) return row;
  const candidates = isApiPath(path) ? buckets.get(bucketOf(asked, path)) : rest;
  return candidates?.find((compiled) => compiled.row.method === asked && matches(compiled, path))?.row ?? null;
}

/** An unknown path under /v1 is not found. It never falls through to the console, which serves every other path. */
function isApiPath(path: string): boolean {
  return path === '/v1' || path.startsWith('/v1/');
}

function matches({ segments, open }: Compiled, path: string): boolean {
  const given = path.split('/').slice(1);
  if (open ? given.length <= segments.length : given.length !== segments.length) return false;
  return segments.every((segment, at) => (segment === null ? given[at] !== '' : segment === given[at]));
}
