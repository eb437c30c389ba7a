/**
 * The two projects that asked last. That is enough to tell any project whether another one asks too, in the memory of
 * two names.
 */
export interface LastAsked {
  readonly last: Asked;
  readonly other: Asked | null;
}

interface Asked {
  readonly project: string;
  /** Monotonic milliseconds. */
  readonly at: number;
}

/** Milliseconds after its last request during which another project counts as active. */
export const othersCountMs = 600_000;

/** @param known null before the first request. */
export function noteAsked(known: LastAsked | null, project: string, at: number): LastAsked {
  if (known === null) return { last: { project, at }, other: null };
  return { last: { project, at }, other: known.last.project === project ? known.other : known.last };
}

/** Whether any other project has asked within {@link othersCountMs}. */
export function othersAsked(known: LastAsked | null, project: string, now: number): boolean {
  const other = known?.last.project === project ? known.other : (known?.last ?? null);
  return other !== null && now - other.at < othersCountMs;
}
