import type { DriveOptions, StopReason } from './answering.ts';
import type { ByteLoan } from './byte-budget.ts';
import type { ContextLoader } from './context-loader.ts';
import { driveRun } from './drive-run.ts';
import type { DriveResult } from './end-run.ts';
import type { RunRecord } from './run.ts';

/** A run that this replica drives. */
export interface OpenRun {
  readonly id: string;
  /** Resolves when the model has accepted the request, or the run has ended. Rejects with the refusal. */
  readonly begun: Promise<void>;
  readonly ended: Promise<DriveResult>;
  /** From now on a refusal becomes a failed response, since the client has received the start of the reply. */
  commit(): void;
  stop(reason: StopReason): void;
}

export interface OpenRunOptions extends Pick<
  DriveOptions,
  'frames' | 'journal' | 'gateway' | 'log' | 'mayPark' | 'flushMs'
> {
  readonly run: RunRecord;
  readonly loadContext: ContextLoader;
  /** Whether a refusal becomes a failed response from the start. */
  readonly committed: boolean;
  readonly onBegun: () => void;
  /** Called before `ended` resolves. */
  readonly onEnd: (result: DriveResult) => Promise<void>;
}

/** Begins to drive a run. */
export function openRun(options: OpenRunOptions): OpenRun {
  const { run, loadContext, onBegun, onEnd } = options;
  const controller = new AbortController();
  const begun = Promise.withResolvers<void>();
  begun.promise.catch(() => {});
  let committed = options.committed;
  const loans: ByteLoan[] = [];
  const ended = driveRun({
    ...options,
    loadContext: async () => {
      const { items, loan } = await loadContext(run, controller.signal);
      loans.push(loan);
      return items;
    },
    stop: controller.signal,
    onBegun() {
      onBegun();
      begun.resolve();
    },
    mayRefuse: () => !committed,
  }).then(async (result) => {
    await onEnd(result);
    for (const loan of loans) loan.giveBack();
    if (result.kind === 'refused') begun.reject(result.error);
    else begun.resolve();
    return result;
  });
  return {
    id: run.id,
    begun: begun.promise,
    ended,
    commit: () => void (committed = true),
    stop: (reason) => controller.abort(reason),
  };
}
