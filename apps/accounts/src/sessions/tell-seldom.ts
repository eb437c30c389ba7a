/** Between two changes of one kind that are written down for one subject. */
const leastMs = 60_000;
/** Subjects that are remembered; the oldest makes room. */
const maxSubjects = 1_024;

/**
 * Whether something that a key may do as often as it likes is worth writing down again: the log of changes is short, and
 * nobody may push out what others did by signing in and out.
 * @param now Unix milliseconds.
 */
export function createTellSeldom(now: () => number): (subject: string) => boolean {
  const toldAt = new Map<string, number>();
  return (subject) => {
    const at = toldAt.get(subject);
    if (at !== undefined && now() - at < leastMs) return false;
    toldAt.delete(subject);
    toldAt.set(subject, now());
    const [oldest] = toldAt.keys();
    if (toldAt.size > maxSubjects && oldest !== undefined) toldAt.delete(oldest);
    return true;
  };
}
