/** What becomes of a line after one reply, or none. */
export type Verdict =
  /** Its answer goes to the output file, */
  | 'answered'
  /** its refusal to the error file, */
  | 'refused'
  /** or it is sent again: once there is room, */
  | 'full'
  /** or after a wait, since something broke. */
  | 'broken';

/** Attempts at one line that may break before its last refusal counts. */
const maxBroken = 5;
/**
 * Attempts at one line that may find no room. Waits grow to a minute, so that a model may be away for hours before a
 * line is given up; the completion window bounds them all.
 */
const maxFull = 200;

export interface Attempts {
  readonly broken: number;
  readonly full: number;
}

/**
 * @param status of the reply; null when there was none.
 * @param shouldRetry the reply's `x-should-retry`, which has the last word.
 * @param before the attempts at this line that came to nothing before this one.
 */
export function judgeReply(status: number | null, shouldRetry: string | undefined, before: Attempts): Verdict {
  if (status !== null && status < 400) return 'answered';
  if (shouldRetry === 'false') return 'refused';
  if (status === 429 || status === 503) return before.full + 1 < maxFull ? 'full' : 'refused';
  const passing = status === null || status === 408 || status === 409 || status >= 500;
  return passing && before.broken + 1 < maxBroken ? 'broken' : 'refused';
}
