/** What happens to a line after a reply, or without one. */
export type Verdict =
  /** The answer goes to the output file. */
  | 'answered'
  /** The refusal goes to the error file. */
  | 'refused'
  /** The line is retried when there is capacity. */
  | 'full'
  /** The line is retried after a backoff, since the attempt failed. */
  | 'broken';

/** Failed attempts at one line before the last failure becomes its result. */
const maxBroken = 5;
/**
 * Attempts at one line that may find no capacity. The backoff grows to a minute, so that a model may be unavailable for
 * hours before a line is given up; the completion window bounds the total.
 */
const maxFull = 200;

export interface Attempts {
  readonly broken: number;
  readonly full: number;
}

/**
 * @param status of the reply; null when there was none.
 * @param shouldRetry the reply's `x-should-retry`; `false` overrides the status.
 * @param before the earlier unsuccessful attempts at this line.
 */
export function judgeReply(status: number | null, shouldRetry: string | undefined, before: Attempts): Verdict {
  if (status !== null && status < 400) return 'answered';
  if (shouldRetry === 'false') return 'refused';
  if (status === 429 || status === 503) return before.full + 1 < maxFull ? 'full' : 'refused';
  const passing = status === null || status === 408 || status === 409 || status >= 500;
  return passing && before.broken + 1 < maxBroken ? 'broken' : 'refused';
}
