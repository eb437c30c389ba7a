import type { Database } from '@kumiki/postgres';
import type { GatewayClient, Log } from '@kumiki/service';
import { forgetIdempotencyKeys } from '../idempotency/claim-key.ts';
import { createByteBudget } from '../runs/byte-budget.ts';
import { type DriveContext, driveBatch, StopWork } from './drive-batch.ts';
import { keepLease, type LeaseKeeper } from './keep-lease.ts';
import { createOneAtATime } from './lines/one-at-a-time.ts';
import type { RecordedLines } from './lines/record-results.ts';
import { claimBatch, LeaseLostError, releaseLease } from './rows/batch-lease.ts';
import { batchChannel } from './rows/batch-store.ts';
import type { BatchRow } from './rows/batch.ts';
import { drivenBatches, lineBytesAtOnce } from './rows/limits.ts';

/** A driver that is not heard of for so long has died. */
const defaultLeaseMs = 6_000;
/** Between two looks for batches that nobody drives; notifications make it sooner. */
const defaultPollMs = 2_000;
/** Until a batch is tried again whose step could not be made, by whichever replica. */
const defaultRetryMs = 5_000;
const forgetEveryMs = 3_600_000;

export interface BatchRunnerOptions {
  readonly database: Database;
  readonly gateway: GatewayClient;
  readonly log: Log;
  /** Names this replica among those of the service. */
  readonly replica: string;
  readonly leaseMs?: number;
  readonly pollMs?: number;
  readonly retryMs?: number;
  readonly random?: () => number;
  /** Told of lines that got a result from this replica. */
  readonly onRecorded?: (lines: RecordedLines) => void;
}

export interface BatchRunner {
  /** Gives its batches up, once however often it is called; other replicas go on with them. Their open lines are run again there. */
  close(): Promise<void>;
}

interface Driving {
  readonly keeper: LeaseKeeper;
  readonly life: AbortController;
  readonly done: Promise<void>;
}

/** Drives the batches that nobody drives. */
export function startBatchRunner(options: BatchRunnerOptions): BatchRunner {
  const { database, log } = options;
  const leaseMs = options.leaseMs ?? defaultLeaseMs;
  const driving = new Map<string, Driving>();
  const closing = new AbortController();
  const shared = { oneSuspect: createOneAtATime(), lineBytes: createByteBudget(lineBytesAtOnce) };
  let claiming: Promise<void> | null = null;
  let wanted = false;

  const claimAll = async (): Promise<void> => {
    while (!closing.signal.aborted && driving.size < drivenBatches.most) {
      const batch = await claimBatch(database, options.replica, leaseMs, mostOfProject(driving.size));
      if (batch === null) return;
      // One that this replica still drives although its lease ran out.
      const old = driving.get(batch.id);
      old?.life.abort(new LeaseLostError(batch.id));
      await old?.done;
      drive(batch);
    }
  };
  const look = (): void => {
    wanted = true;
    claiming ??= (async () => {
      while (wanted && !closing.signal.aborted) {
        wanted = false;
        await claimAll().catch((error: unknown) => log.warn({ err: error }, 'no batch could be claimed'));
      }
      claiming = null;
    })();
  };
  const drive = (batch: BatchRow): void => {
    const life = new AbortController();
    const work = new AbortController();
    const keeper = keepLease({ database, log, leaseMs }, batch, {
      lost: (error) => life.abort(error),
      renewed(renewal) {
        if (renewal.status === 'cancelling') work.abort(new StopWork('cancelled'));
        else if (renewal.expired) work.abort(new StopWork('expired'));
      },
    });
    const done = runDriver({ ...options, ...shared }, batch, life.signal, work.signal).finally(() => {
      keeper.stop();
      driving.delete(batch.id);
      look();
    });
    driving.set(batch.id, { keeper, life, done });
    if (closing.signal.aborted) life.abort(new LeaseLostError(batch.id));
    else keeper.look();
  };

  const listening = database.listen(batchChannel, (id) => {
    const driven = id === null ? [...driving.values()] : [driving.get(id)];
    for (const batch of driven) batch?.keeper.look();
    look();
  });
  listening.catch((error: unknown) => log.warn({ err: error }, 'batches are found by polling alone'));
  const polling = setInterval(look, options.pollMs ?? defaultPollMs);
  const forgetting = setInterval(() => forgetOldKeys(options), forgetEveryMs);
  look();

  const close = async (): Promise<void> => {
    closing.abort();
    clearInterval(polling);
    clearInterval(forgetting);
    const stopListening = await listening.catch(() => null);
    await stopListening?.();
    await claiming;
    const open = [...driving.entries()];
    for (const [id, { life }] of open) life.abort(new LeaseLostError(id));
    await Promise.all(open.map(([, { done }]) => done));
  };
  let closed: Promise<void> | null = null;
  return { close: () => (closed ??= close()) };
}

/** While there is room a project may have several of its batches driven; then only its first. */
function mostOfProject(driven: number): number {
  return driven < drivenBatches.roomy ? drivenBatches.ofProject : 1;
}

/** Drives one batch and gives its lease back, whatever happens. Never rejects. */
async function runDriver(
  options: BatchRunnerOptions & Pick<DriveContext, 'oneSuspect' | 'lineBytes'>,
  batch: BatchRow,
  life: AbortSignal,
  stopWork: AbortSignal,
): Promise<void> {
  const { database, gateway, log, random = Math.random, onRecorded = () => {}, oneSuspect, lineBytes } = options;
  const work = AbortSignal.any([life, stopWork]);
  let retryMs = 0;
  try {
    await driveBatch({ database, gateway, random, onRecorded, oneSuspect, lineBytes }, batch, { life, work });
    return;
  } catch (error) {
    if (!life.aborted && !(error instanceof LeaseLostError)) {
      log.warn({ err: error, batch: batch.id }, 'a batch could not go on; it is tried again');
      retryMs = (options.retryMs ?? defaultRetryMs) * (1 + random());
    }
  }
  await releaseLease(database, batch, retryMs).catch((error: unknown) => {
    log.warn({ err: error, batch: batch.id }, 'the lease of a batch runs out by itself');
  });
}

function forgetOldKeys({ database, log }: BatchRunnerOptions): void {
  forgetIdempotencyKeys(database).catch((error: unknown) => log.warn({ err: error }, 'old idempotency keys stay'));
}
