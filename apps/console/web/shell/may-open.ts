export type NeededRole = 'inference' | 'admin';

/** The role that keeps a key out of what needs one; null where it may go in. */
export function missingRole(needs: NeededRole | null, roles: readonly string[]): NeededRole | null {
  return needs === null || roles.includes(needs) ? null : needs;
}
