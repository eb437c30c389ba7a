/**
 * Who asks for something beside whom, in as much memory as two names take: whoever looks, another project is among the
 * two that asked last, if there is any.
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

/** Another project counts as there for so long after its last request, in milliseconds. */
export const othersCountMs = 600_000;

/** @param known null when nobody has asked yet. */
export function noteAsked(known: LastAsked | null, project: string, at: number): LastAsked {
  if (known === null) return { last: { project, at }, other: null };
  return { last: { project, at }, other: known.last.project === project ? known.other : known.last };
}

/** Whether a project other than this one has asked within {@link othersCountMs}. */
export function othersAsked(known: LastAsked | null, project: string, now: number): boolean {
  const other = known?.last.project === project ? known.other : (known?.last ?? null);
  return other !== null && now - other.at < othersCountMs;
}
