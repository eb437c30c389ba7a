/**
 * Compares two resource versions of one resource: negative where `a` is older, 0 where they are equal, null where they
 * cannot be compared. Versions are decimal numbers of any length, comparable as such since Kubernetes 1.35 by
 * contract and before by habit: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
 */
export function compareVersions(a: string, b: string): number | null {
  if (a === b) return 0;
  if (!decimal.test(a) || !decimal.test(b)) return null;
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : 1;
}

const decimal = /^(?:0|[1-9][0-9]*)$/;

/** Whether `seen` is certain to be `wanted` or newer. */
export function hasReached(seen: string, wanted: string): boolean {
  const order = compareVersions(seen, wanted);
  return order !== null && order >= 0;
}
