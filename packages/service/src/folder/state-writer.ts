import { replaceFile } from './atomic-file.ts';
import { encodeState, type StateKind } from './state-file.ts';
import { storing } from './storage-error.ts';

/**
 * Writes a state file that changes often: one write at a time, and changes in the meantime are combined into one write
 * of the last value.
 * @returns a function that resolves when its value, or a later one, is durable.
 */
export function createStateWriter<Value>(path: string, kind: StateKind<Value>): (value: Value) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | null = null;
  let latest: Value;
  return (value) => {
    latest = value;
    if (waiting !== null) return waiting;
    const next = last
      .catch(() => {})
      .then(() => {
        waiting = null;
        return storing(async () => replaceFile(path, encodeState(kind, latest)));
      });
    waiting = next;
    last = next;
    return next;
  };
}
