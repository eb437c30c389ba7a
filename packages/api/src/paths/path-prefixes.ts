import { allPaths } from './all-paths.ts';
import type { PathOwner, PathRow } from './path-row.ts';

/** A run of whole segments under which one service answers whoever has the role. */
export interface PathPrefix {
  readonly prefix: string;
  readonly role: PathRow['role'];
}

/** The fewest prefixes that hold every route of a service, by the role that they take: what a gateway routes by. */
export function prefixesOf(owner: PathOwner): readonly PathPrefix[] {
  const all = allPaths
    .filter((row) => row.owner === owner)
    .map(({ pattern, role }) => ({ prefix: pattern.replace(/\/[:*].*$/, ''), role }));
  return all.filter(
    ({ prefix, role }, at) =>
      !all.some(
        (other, otherAt) =>
          other.role === role && (prefix.startsWith(`${other.prefix}/`) || (prefix === other.prefix && otherAt < at)),
      ),
  );
}
