/** New Events of one object at once, and then one every five minutes: what client-go allows, too. */
const burst = 25;
const refillMs = 300_000;
/** Objects that are remembered; one whose room is full again need not be. */
const maxSubjects = 4_096;

/** How many different Events an object may have, so that a note that always changes does not fill the API server. */
export interface EventRoom {
  take(uid: string): boolean;
}

export function createEventRoom(nowMs: () => number): EventRoom {
  const taken = new Map<string, { readonly used: number; readonly at: number }>();
  return {
    take(uid) {
      const now = nowMs();
      const before = taken.get(uid);
      const used = before === undefined ? 0 : Math.max(0, before.used - (now - before.at) / refillMs);
      if (used + 1 > burst) return false;
      taken.delete(uid);
      taken.set(uid, { used: used + 1, at: now });
      const [oldest] = taken.keys();
      if (taken.size > maxSubjects && oldest !== undefined) taken.delete(oldest);
      return true;
    },
  };
}
