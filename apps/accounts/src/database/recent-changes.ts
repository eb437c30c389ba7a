import type { LoadedChange } from './load-accounts.ts';

/** Changes that are kept for streams whose readers are slow, */
const maxChanges = 4_096;
/** and their size. */
const maxBytes = 8_388_608;
/** Approximate size of a change without the lists of its key. */
const changeBytes = 1_024;

/** The last changes, in order. */
export interface RecentChanges {
  add(change: LoadedChange): void;
  /** Those after a number; null when some of them are no longer there. */
  after(number: number): readonly LoadedChange[] | null;
  clear(): void;
}

export function createRecentChanges(): RecentChanges {
  let changes: LoadedChange[] = [];
  let bytes = 0;
  return {
    add(change) {
      changes.push(change);
      bytes += sizeOf(change);
      if (changes.length <= maxChanges && bytes <= maxBytes) return;
      // Half of them at once, so that not every change moves all others.
      const gone = changes.splice(0, Math.ceil(changes.length / 2));
      for (const one of gone) bytes -= sizeOf(one);
    },
    after(number) {
      const [first] = changes;
      const last = changes.at(-1);
      if (first === undefined || last === undefined) return [];
      if (first.number > number + 1) return null;
      return changes.slice(number + 1 - first.number);
    },
    clear() {
      changes = [];
      bytes = 0;
    },
  };
}

function sizeOf(change: LoadedChange): number {
  if (change.kind !== 'key' || change.value === null) return changeBytes;
  return (change.value.models ?? []).reduce((sum, model) => sum + 2 * model.length, changeBytes);
}
