import type { Database } from '@kumiki/postgres';
import type { Item } from '../answer/response-object.ts';
import { type ByteLoan, createByteBudget } from './byte-budget.ts';
import { hasContext, loadContext, maxContextBytes } from './load-context.ts';
import { drivenBytes } from './replica-room.ts';
import type { RunRecord } from './run.ts';

/** The context of a run, and the memory that it takes. */
export interface LoadedContext {
  readonly items: readonly Item[];
  readonly loan: ByteLoan;
}

/** Loads the context of a run when there is memory for it. Rejects with the signal's reason. */
export type ContextLoader = (run: RunRecord, signal: AbortSignal) => Promise<LoadedContext>;

export function createContextLoader(database: Database): ContextLoader {
  const budget = createByteBudget(drivenBytes);
  return async ({ project, request }, signal) => {
    const loan = await budget.borrow(project, hasContext(request) ? maxContextBytes : 0, signal);
    try {
      const { items, bytes } = await loadContext(database, project, request);
      loan.shrink(bytes);
      return { items, loan };
    } catch (error) {
      loan.giveBack();
      throw error;
    }
  };
}
