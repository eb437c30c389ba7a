import type { Condition } from '@kumiki/api';

/** What is wrong with a condition of this type. */
const badStatus: Readonly<Record<Condition['type'], Condition['status'] | null>> = {
  Ready: 'False',
  Progressing: null,
  Degraded: 'True',
  Fits: 'False',
};

/** A change of a condition as an Event, which `kubectl describe` shows. */
export function describeEvent({ type, status, reason, message }: Condition): {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly action: string;
  readonly note: string;
} {
  return { type: status === badStatus[type] ? 'Warning' : 'Normal', reason, action: `Judge${type}`, note: message };
}
