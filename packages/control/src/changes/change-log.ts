import type { Change, ChangeKind } from '@kumiki/api';
import type { ChangeReader } from '../ports/installation.ts';
import { describeChange, type ChangeParams } from './describe-change.ts';

/** Changes that are kept; the oldest is dropped first. */
const maxChanges = 500;

export interface NewChange {
  readonly kind: ChangeKind;
  readonly subject: string;
  readonly params?: ChangeParams;
  /** Name of the key that made the change; null when the installation did by itself. */
  readonly by: string | null;
}

/** The changes since the start of this process. */
export interface ChangeLog extends ChangeReader {
  add(change: NewChange): void;
}

/** @param now Unix milliseconds. */
export function createChangeLog(now: () => number): ChangeLog {
  const changes: Change[] = [];
  const listeners = new Set<(change: Change) => void>();
  let count = 0;
  return {
    add({ kind, subject, params = {}, by }) {
      const at = now();
      const { severity, message } = describeChange(kind, subject, params);
      count++;
      // Unique across restarts too, so that a console that stays open does not confuse two changes.
      const id = `change_${at.toString(36)}_${count.toString(36)}`;
      const change: Change = {
        object: 'kumiki.change',
        id,
        at,
        kind,
        severity,
        subject,
        params: { ...params },
        message,
        by,
      };
      changes.unshift(change);
      if (changes.length > maxChanges) changes.pop();
      for (const listener of listeners) listener(change);
    },
    list: () => changes,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
