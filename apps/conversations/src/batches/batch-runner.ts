import type { Database } from '@kumiki/postgres';
import { createKeeper, LeaseLostError, startWorkerLoop } from '@kumiki/postgres/leased';
import type { GatewayClient, Log } from '@kumiki/service';
import { forgetIdempotencyKeys } from '../idempotency/claim-key.ts';
import { createByteBudget } from '../runs/byte-budget.ts';
import { type DriveContext, driveBatch, StopWork } from './drive-batch.ts';
import { createOneAtATime } from './lines/one-at-a-time.ts';
import type { RecordedLines } from './lines/record-results.ts';
import { batchLeases, type Renewal } from './rows/batch-lease.ts';
import { batchChannel } from './rows/batch-store.ts';
import type { BatchRow } from './rows/batch.ts';
import { drivenBatches, lineBytesAtOnce } from './rows/limits.ts';

/** Length of a batch's lease. Another replica claims the batch when its driver has not renewed it for this time. */
const defaultLeaseMs = 6_000;
/** Polling interval for batches without a driver, beside notifications. */
const defaultPollMs = 2_000;
/** Delay before a batch whose step failed is retried, by any replica. */
const defaultRetryMs = 5_000;
const forgetEveryMs = 3_600_000;
/** Batches serialise suspect lines and input files themselves; see {@link DriveContext}. */
const anySuspects = Number.MAX_SAFE_INTEGER;

export interface BatchRunnerOptions {
  readonly database: Database;
  readonly gateway: GatewayClient;
  readonly log: Log;
  /** Name of this replica. */
  readonly replica: string;
  readonly leaseMs?: number;
  readonly pollMs?: number;
  readonly retryMs?: number;
  readonly random?: () => number;
  /** Called with the lines that got a result from this replica. */
  readonly onRecorded?: (lines: RecordedLines) => void;
}

export interface BatchRunner {
  /** Releases its batches. Other replicas continue them and rerun their open lines. May be called twice. */
  close(): Promise<void>;
}

interface Driving {
  readonly life: AbortController;
  readonly done: Promise<void>;
}

/** Drives batches that have no driver. */
export function startBatchRunner(options: BatchRunnerOptions): BatchRunner {
  const { database, log, replica } = options;
  const leaseMs = options.leaseMs ?? defaultLeaseMs;
  const driving = new Map<string, Driving>();
  const shared = { oneSuspect: createOneAtATime(), lineBytes: createByteBudget(lineBytesAtOnce) };

  const keeper = createKeeper<Renewal>({
    renew: (leases) => batchLeases.renew(database, leases, leaseMs),
    everyMs: leaseMs / 3,
    onError: (error) => log.warn({ err: error }, 'the leases of batches could not be renewed'),
  });
  const drive = (batch: BatchRow): void => {
    const life = new AbortController();
    const work = new AbortController();
    const forget = keeper.keep(batch, {
      lost: () => life.abort(new LeaseLostError(batch.id)),
      renewed({ status, expired }) {
        if (status === 'cancelling') work.abort(new StopWork('cancelled'));
        else if (expired) work.abort(new StopWork('expired'));
      },
    });
    const done = runDriver({ ...options, ...shared }, batch, life.signal, work.signal).finally(() => {
      forget();
      driving.delete(batch.id);
      loop.checkNow();
    });
    driving.set(batch.id, { life, done });
    // It may have expired, or have been cancelled, while it waited.
    keeper.checkNow();
  };
  const loop = startWorkerLoop<BatchRow>({
    database,
    channel: batchChannel,
    pollMs: options.pollMs ?? defaultPollMs,
    graceMs: leaseMs,
    room: () =>
      driving.size < drivenBatches.most
        ? { rows: 1, own: [...driving.keys()], rowsOfProjectEverywhere: mostOfProject(driving.size) }
        : null,
    claim: (room) => batchLeases.claim(database, { owner: replica, leaseMs }, { ...room, suspects: anySuspects }),
    async begin({ row }) {
      drive(row);
    },
    release: ({ lease }) => batchLeases.release(database, [lease]),
    accepts(id) {
      if (id === null || driving.has(id)) keeper.checkNow();
      return true;
    },
    onError: (what, error) => log.warn({ err: error }, `batches: ${what}`),
  });
  const forgetting = setInterval(() => forgetOldKeys(options), forgetEveryMs);

  const close = async (): Promise<void> => {
    clearInterval(forgetting);
    await loop.close();
    const open = [...driving.entries()];
    for (const [id, { life }] of open) life.abort(new LeaseLostError(id));
    await Promise.all(open.map(([, { done }]) => done));
    await keeper.stop();
  };
  let closed: Promise<void> | null = null;
  return { close: () => (closed ??= close()) };
}

/** With capacity left, a project may have several of its batches driven; otherwise only the first. */
function mostOfProject(driven: number): number {
  return driven < drivenBatches.roomy ? drivenBatches.ofProject : 1;
}

/** Drives one batch and releases its lease in any case. Never rejects. */
async function runDriver(
  options: BatchRunnerOptions & Pick<DriveContext, 'oneSuspect' | 'lineBytes'>,
  batch: BatchRow,
  life: AbortSignal,
  stopWork: AbortSignal,
): Promise<void> {
  const { database, gateway, log, random = Math.random, onRecorded = () => {}, oneSuspect, lineBytes } = options;
  const work = AbortSignal.any([life, stopWork]);
  let afterMs = 0;
  try {
    await driveBatch({ database, gateway, random, onRecorded, oneSuspect, lineBytes }, batch, { life, work });
    return;
  } catch (error) {
    if (!life.aborted && !(error instanceof LeaseLostError)) {
      log.warn({ err: error, batch: batch.id }, 'a batch could not go on; it is tried again');
      afterMs = Math.round((options.retryMs ?? defaultRetryMs) * (1 + random()));
    }
  }
  await batchLeases.release(database, [batch], { afterMs }).catch((error: unknown) => {
    log.warn({ err: error, batch: batch.id }, 'the lease of a batch runs out by itself');
  });
}

function forgetOldKeys({ database, log }: BatchRunnerOptions): void {
  forgetIdempotencyKeys(database).catch((error: unknown) => log.warn({ err: error }, 'old idempotency keys stay'));
}
