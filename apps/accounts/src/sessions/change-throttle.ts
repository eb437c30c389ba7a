/** Least time between two logged changes of one kind for one subject. */
const leastMs = 60_000;
/** Subjects that are remembered; the oldest is dropped first. */
const maxSubjects = 1_024;

/**
 * Limits the log entries of actions that a key may repeat freely, such as signing in: the log of changes is short, and
 * no key may push out the entries of others. @returns whether to log the action again.
 * @param now Unix milliseconds.
 */
export function createChangeThrottle(now: () => number): (subject: string) => boolean {
  const loggedAt = new Map<string, number>();
  return (subject) => {
    const at = loggedAt.get(subject);
    if (at !== undefined && now() - at < leastMs) return false;
    loggedAt.delete(subject);
    loggedAt.set(subject, now());
    const [oldest] = loggedAt.keys();
    if (loggedAt.size > maxSubjects && oldest !== undefined) loggedAt.delete(oldest);
    return true;
  };
}
