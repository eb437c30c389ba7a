import { allPaths } from './all-paths.ts';
import type { PathOwner, PathRow } from './path-row.ts';

/** A prefix of whole segments under which one service answers every key that has the role. */
export interface PathPrefix {
  readonly prefix: string;
  readonly role: PathRow['role'];
}

/**
 * The smallest set of prefixes that covers every route of a service, with the role that each requires. The gateway
 * routes by them.
 */
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
