import type { Database } from '../database.ts';
import type { Claimed, ClaimRoom } from './leases.ts';

export interface WorkerLoopOptions<Row> {
  readonly database: Database;
  /** On which other processes say that there may be work. */
  readonly channel: string;
  /** Between two looks where nobody says anything: a notification is a hint that can be lost. */
  readonly pollMs: number;
  /**
   * How long nothing is claimed after a claim that failed. While the database was away nobody could renew a lease: those
   * who hold one get the time to do so first.
   */
  readonly graceMs: number;
  /** What there is room for now; null for nothing. */
  readonly room: () => Omit<ClaimRoom, 'suspects'> | null;
  readonly claim: (room: ClaimRoom) => Promise<readonly Claimed<Row>[]>;
  /**
   * Begins work on a claimed row. Resolves when the next claim may be made; a row whose `begin` rejects is released.
   * @param cleared is to be called when the work is done, or at the first progress that clears it of suspicion.
   */
  readonly begin: (claimed: Claimed<Row>, cleared: () => void) => Promise<void>;
  readonly release: (claimed: Claimed<Row>) => Promise<void>;
  /** Hears each notification. @returns whether there may be work to claim. Null means that some may have been missed. */
  readonly hears?: (payload: string | null) => boolean;
  readonly onTrouble: (what: string, error: unknown) => void;
}

/** Claims work for as long as there is any and room for it. */
export interface WorkerLoop {
  /** There may be work, or room for it. */
  look(): void;
  /** Resolves when no claim is on its way. */
  claimed(): Promise<void>;
  /** Claims nothing more, and still hears notifications. Resolves when no claim is on its way. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Of work under suspicion of ending its process, one piece at a time is in a process: when the process dies, there is no
 * question which one did it.
 */
export function startWorkerLoop<Row>(options: WorkerLoopOptions<Row>): WorkerLoop {
  const { database, channel, onTrouble, hears = () => true } = options;
  let claiming = Promise.resolve();
  let busy = false;
  let wanted = false;
  const stopping = new AbortController();
  const suspects: Suspects = { inWork: 0, cleared: () => look() };
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
      onTrouble('no work could be claimed', error);
    }
    busy = false;
  };
  const look = (): void => {
    wanted = true;
    if (busy) return;
    busy = true;
    claiming = work();
  };

  const polling = setInterval(look, options.pollMs);
  const listening = database
    .listen(channel, (payload) => {
      if (hears(payload)) look();
    })
    .catch((error: unknown) => {
      onTrouble('notifications cannot be heard: work is looked for at intervals', error);
      return async () => {};
    });
  // Not before the caller has what is returned here.
  queueMicrotask(look);

  const stop = async (): Promise<void> => {
    stopping.abort();
    clearInterval(polling);
    await claiming;
  };
  return {
    look,
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

/** Work under suspicion in this process. */
interface Suspects {
  inWork: number;
  readonly cleared: () => void;
}

/** Begins work on a row, or gives it back. Never rejects. */
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
    if (!stopping.aborted) options.onTrouble('claimed work could not be begun', error);
    await options.release(claimed).catch((late: unknown) => options.onTrouble('a lease runs out by itself', late));
    cleared();
  }
}
