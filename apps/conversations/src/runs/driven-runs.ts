import type { Database } from '@kumiki/postgres';
import { type Keeper, leaseClock } from '@kumiki/postgres/leased';
import type { GatewayClient, Log } from '@kumiki/service';
import type { StopReason } from './answering.ts';
import { createContextLoader } from './context-loader.ts';
import { createDatabaseJournal } from './database-journal.ts';
import type { Hub } from './hub.ts';
import { type OpenRun, openRun } from './open-run.ts';
import type { ReplicaRoom } from './replica-room.ts';
import { runLeases } from './run-leases.ts';
import type { Journal, RunRecord } from './run.ts';

export interface DrivenRunsOptions {
  readonly database: Database;
  readonly gateway: GatewayClient;
  readonly hub: Hub;
  readonly log: Log;
  readonly room: ReplicaRoom;
  readonly keeper: Keeper<{ readonly cancel_requested: boolean }>;
  /** Called when a background run has released its place. */
  readonly onRoom: () => void;
  readonly flushMs?: number;
}

export interface DriveFrom {
  /** Stored frames. */
  readonly frames: string;
  /** Whether a refusal becomes a failed response from the start. */
  readonly committed: boolean;
  /** Set for a run that is not stored. */
  readonly journal?: Journal | undefined;
  /** To be called when the run is no longer suspect. */
  readonly cleared?: () => void;
}

/** The runs that a replica drives. Each takes capacity, and each stored one has a lease that is renewed. */
export interface DrivenRuns {
  drive(run: RunRecord, from: DriveFrom): OpenRun;
  /** Stops runs and waits until they have ended. `release` stops only stored ones. @returns the stopped runs. */
  stop(reason: 'release' | 'lost'): Promise<readonly RunRecord[]>;
}

export function createDrivenRuns(options: DrivenRunsOptions): DrivenRuns {
  const { database, gateway, hub, log, room, keeper, onRoom, flushMs } = options;
  const loadContext = createContextLoader(database);
  const driven = new Set<{ readonly open: OpenRun; readonly run: RunRecord; readonly stored: boolean }>();

  /** Releases a run for which no model has capacity until its retry time. */
  const park = async (run: RunRecord, afterMs: number): Promise<void> => {
    const also = `refused_since = COALESCE(work.refused_since, ${leaseClock})`;
    await runLeases.release(database, [run], { afterMs, also }).catch((error: unknown) => {
      log.debug({ err: error, response: run.id }, 'its lease runs out by itself');
    });
  };
  const drive = (run: RunRecord, { frames, committed, journal, cleared = () => {} }: DriveFrom): OpenRun => {
    const stored = journal === undefined;
    const leave = room.enter(run, stored);
    const open = openRun({
      run,
      frames,
      journal: journal ?? createDatabaseJournal({ database, hub, run }),
      gateway,
      log,
      loadContext,
      committed,
      mayPark: stored && run.background,
      ...(flushMs === undefined ? {} : { flushMs }),
      onBegun: cleared,
      async onEnd(result) {
        forget();
        if (result.kind === 'parked') await park(run, result.afterMs);
        driven.delete(entry);
        leave();
        cleared();
        if (run.background) onRoom();
      },
    });
    const entry = { open, run, stored };
    driven.add(entry);
    const stop = (reason: StopReason): void => open.stop(reason);
    const forget = stored
      ? keeper.keep(run, {
          renewed: ({ cancel_requested: cancel }) => (cancel ? stop('cancel') : undefined),
          lost: () => stop('lost'),
        })
      : () => {};
    return open;
  };
  return {
    drive,
    async stop(reason) {
      const stopped = [...driven].filter(({ stored }) => stored || reason === 'lost');
      for (const { open } of stopped) open.stop(reason);
      await Promise.all(stopped.map(({ open }) => open.ended));
      return stopped.map(({ run }) => run);
    },
  };
}
