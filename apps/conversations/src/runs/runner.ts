import { KumikiError } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import { createKeeper, type Holder, startWorkerLoop } from '@kumiki/postgres/leased';
import type { GatewayClient, Log } from '@kumiki/service';
import { createDatabaseJournal } from './database-journal.ts';
import { createDrivenRuns } from './driven-runs.ts';
import type { Hub } from './hub.ts';
import { hearNotice, noticeChannel } from './notices.ts';
import type { OpenRun } from './open-run.ts';
import { refusePoison } from './refuse-poison.ts';
import { createReplicaRoom } from './replica-room.ts';
import { type ClaimedRun, runLeases, toRunRecord } from './run-leases.ts';
import { leaseMs } from './run-limits.ts';
import { loadFrames } from './run-store.ts';
import type { Journal, RunRecord } from './run.ts';

/** Interval of renewing the leases of a replica's runs. */
const renewMs = 1_000;
/** Polling interval for runs without a driver, beside notifications. */
const defaultPollMs = 1_000;
/**
 * Time after expiry during which a run of this replica that it does not know yet is not claimed, since it may have just
 * been stored.
 */
const ownGraceMs = 30_000;

export interface RunnerOptions {
  readonly database: Database;
  readonly gateway: GatewayClient;
  readonly hub: Hub;
  readonly log: Log;
  /** Name of this replica, for the rows that it drives. */
  readonly replica: string;
  readonly pollMs?: number;
  /** How long a driver buffers events before it stores them. */
  readonly flushMs?: number;
}

/** Drives the runs of one replica: those that begin here and those that it claims. */
export interface Runner {
  /** Throws KumikiError when no more runs may be open here. */
  requireRoom(project: string, background: boolean): void;
  /** Reserves a place for a background run that is about to start; null when it has to wait. Must be given back. */
  reserve(project: string): Promise<(() => void) | null>;
  /** Claims a waiting run, and ends it as cancelled. */
  cancelWaiting(project: string, id: string): Promise<void>;
  /** @param journal the journal of a run that is not stored. */
  start(run: RunRecord, journal?: Journal): OpenRun;
  /** Whether this replica has released its runs to others. */
  released(): boolean;
  openRuns(): number;
  /** Open runs of a project here that are not stored, which the database cannot count. */
  unstoredRuns(project: string): number;
  takeovers(): number;
  /** Stops driving and releases its runs for other replicas. */
  release(): Promise<void>;
  close(): Promise<void>;
}

export function createRunner(options: RunnerOptions): Runner {
  const { database, hub, log, replica } = options;
  const holder: Holder = { owner: replica, leaseMs, ownGraceMs };
  const room = createReplicaRoom();
  let released = false;
  let takeovers = 0;

  const keeper = createRunKeeper(options);
  const driven = createDrivenRuns({ ...options, room, keeper, onRoom: () => loop.checkNow() });
  const loop = startWorkerLoop({
    database,
    channel: noticeChannel,
    pollMs: options.pollMs ?? defaultPollMs,
    graceMs: leaseMs,
    room: room.forClaims,
    claim: (wanted) => runLeases.claim(database, holder, wanted),
    begin,
    release: ({ lease }) => runLeases.release(database, [lease]),
    accepts: (payload) => hearNotice(payload, { hub, onStop: keeper.checkNow }),
    onError: (what, error) => log.debug({ err: error }, what),
  });

  /** Continues a claimed run, unless it has killed every process that drove it. */
  async function begin(claimed: ClaimedRun, cleared: () => void): Promise<void> {
    const run = toRunRecord(claimed);
    const { verdict } = claimed;
    if (verdict.kind === 'refuse') {
      await refuse(options, run, verdict.claims);
      return;
    }
    const frames = await loadFrames(database, run.id);
    if (run.fence > 1) {
      takeovers++;
      log.info({ response: run.id, fence: run.fence, lastSeq: run.lastSeq }, 'run taken over');
    }
    const open = driven.drive(run, { frames, committed: true, cleared });
    if (run.cancelRequested) open.stop('cancel');
    if (released) open.stop('release');
  }

  async function release(): Promise<void> {
    released = true;
    await loop.stop();
    const held = await driven.stop('release');
    if (held.length === 0) return;
    await runLeases.release(database, held).catch((error: unknown) => {
      log.warn({ err: error }, 'leases could not be released; they run out by themselves');
    });
  }

  return {
    released: () => released,
    openRuns: room.runs,
    unstoredRuns: room.unstored,
    takeovers: () => takeovers,
    requireRoom(project, background) {
      if (released) throw new KumikiError('draining', {}, { retryAfterMs: 1_000 });
      room.require(project, background);
    },
    reserve: async (project) => (released ? null : room.reserve(project, loop.claimed())),
    async cancelWaiting(project, id) {
      const claimed = await runLeases.take(database, holder, project, id);
      if (claimed === null) return;
      driven.drive(toRunRecord(claimed), { frames: await loadFrames(database, id), committed: true }).stop('cancel');
    },
    start: (run, journal) => driven.drive(run, { frames: '', committed: run.background, journal }),
    release,
    async close() {
      await release();
      await driven.stop('lost');
      await keeper.stop();
      await loop.close();
    },
  };
}

function createRunKeeper({ database, log }: RunnerOptions) {
  return createKeeper({
    renew: (leases) => runLeases.renew(database, leases, leaseMs),
    everyMs: renewMs,
    onError: (error) => log.debug({ err: error }, 'leases not renewed'),
  });
}

/** Ends a run that has killed every process that drove it. */
async function refuse({ database, hub, log }: RunnerOptions, run: RunRecord, claims: number): Promise<void> {
  log.warn({ response: run.id, claims, bytes: run.bytes }, 'run refused: it ended its process');
  await refusePoison(createDatabaseJournal({ database, hub, run }), run, claims);
}
