import type { Database } from '../database.ts';
import type { Claimed, ClaimRoom } from './leases.ts';

export interface WorkerLoopOptions<Row> {
  readonly database: Database;
  /** The channel on which other processes announce work. */
  readonly channel: string;
  /** Polling interval, since notifications can be lost. */
  readonly pollMs: number;
  /**
   * Pause after a failed claim. While the database was unavailable no lease could be renewed; the pause lets the
   * holders renew first.
   */
  readonly graceMs: number;
  /** The current capacity; null for none. */
  readonly room: () => Omit<ClaimRoom, 'suspects'> | null;
  readonly claim: (room: ClaimRoom) => Promise<readonly Claimed<Row>[]>;
  /**
   * Begins work on a claimed row. Resolves when the next claim may be made. If it rejects, the row is released.
   * @param cleared to be called when the work is done, or at the first progress, after which the row is no longer
   *   suspect.
   */
  readonly begin: (claimed: Claimed<Row>, cleared: () => void) => Promise<void>;
  readonly release: (claimed: Claimed<Row>) => Promise<void>;
  /**
   * Called for each notification; null means that some may have been missed. @returns whether there may be work to
   * claim.
   */
  readonly accepts?: (payload: string | null) => boolean;
  readonly onError: (what: string, error: unknown) => void;
}

/** Claims work while there is any, and capacity for it. */
export interface WorkerLoop {
  /** Wakes the loop: there may be work, or capacity for it. */
  checkNow(): void;
  /** Resolves when no claim is in flight. */
  claimed(): Promise<void>;
  /** Stops claiming, but still receives notifications. Resolves when no claim is in flight. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

/** A process runs at most one suspect row at a time, so that its death identifies the culprit. */
export function startWorkerLoop<Row>(options: WorkerLoopOptions<Row>): WorkerLoop {
  const { database, channel, onError, accepts = () => true } = options;
  let claiming = Promise.resolve();
  let busy = false;
  let wanted = false;
  const stopping = new AbortController();
  const suspects: Suspects = { inWork: 0, cleared: () => checkNow() };
  /** Monotonic milliseconds. */
  let claimAfter = 0;

  const claimAll = async (): Promise<void> => {
    while (wanted && !stopping.signal.aborted && performance.now() >= claimAfter) {
      const room = options.room();
      if (room === null) return;
      wanted = false;
      const found = await options.claim({ ...room, suspects: suspects.inWork === 0 ? 1 : 0 });
      for (const claimed of found) await begin(options, claimed, suspects, stopping.signal);
      if (found.length > 0) wanted = true;
    }
  };
  const work = async (): Promise<void> => {
    try {
      await claimAll();
    } catch (error) {
      claimAfter = performance.now() + options.graceMs;
      onError('no work could be claimed', error);
    }
    busy = false;
  };
  const checkNow = (): void => {
    wanted = true;
    if (busy) return;
    busy = true;
    claiming = work();
  };

  const polling = setInterval(checkNow, options.pollMs);
  const listening = database
    .listen(channel, (payload) => {
      if (accepts(payload)) checkNow();
    })
    .catch((error: unknown) => {
      onError('notifications cannot be heard: work is looked for at intervals', error);
      return async () => {};
    });
  // Deferred until the caller has the returned object.
  queueMicrotask(checkNow);

  const stop = async (): Promise<void> => {
    stopping.abort();
    clearInterval(polling);
    await claiming;
  };
  return {
    checkNow,
    claimed: () => claiming,
    stop,
    async close() {
      await stop();
      await (
        await listening
      )();
    },
  };
}

/** The suspect rows in this process. */
interface Suspects {
  inWork: number;
  readonly cleared: () => void;
}

/** Begins work on a row, or releases it. Never rejects. */
async function begin<Row>(
  options: WorkerLoopOptions<Row>,
  claimed: Claimed<Row>,
  suspects: Suspects,
  stopping: AbortSignal,
): Promise<void> {
  let suspect = claimed.verdict.kind === 'try_alone';
  if (suspect) suspects.inWork++;
  const cleared = (): void => {
    if (!suspect) return;
    suspect = false;
    suspects.inWork--;
    suspects.cleared();
  };
  try {
    stopping.throwIfAborted();
    await options.begin(claimed, cleared);
  } catch (error) {
    if (!stopping.aborted) options.onError('claimed work could not be begun', error);
    await options.release(claimed).catch((late: unknown) => options.onError('a lease runs out by itself', late));
    cleared();
  }
}
