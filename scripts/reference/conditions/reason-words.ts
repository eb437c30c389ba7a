import type { ConditionReason, ConditionType } from '@kumiki/api';

/** What a reason means, and what to do; nothing has to be done where that is left out. */
export type ReasonWords = readonly [means: string, toDo?: string];

/** The words of one language. The compiler names a reason that has none. */
export interface ConditionWords {
  readonly title: string;
  /** Before the tables. */
  readonly opening: string;
  readonly columns: readonly [reason: string, status: string, means: string, toDo: string];
  readonly types: Readonly<Record<ConditionType, string>>;
  readonly reasons: { readonly [Type in ConditionType]: Readonly<Record<ConditionReason<Type>, ReasonWords>> };
}
