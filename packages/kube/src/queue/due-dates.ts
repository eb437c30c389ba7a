/** The longest time of a timer in Node. */
const maxTimerMs = 2_147_483_647;

/** Keys that are due at a time, each once. */
export interface DueDates {
  /** After a time; an earlier date of the key stays. */
  set(key: string, delayMs: number): void;
  forget(key: string): void;
  size(): number;
  clear(): void;
}

export function createDueDates(onDue: (key: string) => void): DueDates {
  const dates = new Map<string, { readonly timer: NodeJS.Timeout; readonly dueAt: number }>();
  const forget = (key: string): void => {
    clearTimeout(dates.get(key)?.timer);
    dates.delete(key);
  };
  return {
    set(key, delayMs) {
      const dueAt = performance.now() + delayMs;
      if ((dates.get(key)?.dueAt ?? Infinity) <= dueAt) return;
      forget(key);
      dates.set(key, { timer: setTimeout(() => onDue(key), Math.min(delayMs, maxTimerMs)), dueAt });
    },
    forget,
    size: () => dates.size,
    clear() {
      for (const key of dates.keys()) forget(key);
    },
  };
}
