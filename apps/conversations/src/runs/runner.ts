import { KumikiError } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import type { GatewayClient, Log } from '@kumiki/service';
import type { Item } from '../answer/response-object.ts';
import { claimMs, leaseMs, maxDrivers, maxOpenRuns, renewMs } from '../limits.ts';
import { createDatabaseJournal } from './database-journal.ts';
import { type DriveResult, driveRun, type StopReason } from './drive-run.ts';
import type { Hub } from './hub.ts';
import { listenToNotices } from './notices.ts';
import { claimRuns, loadFrames, releaseLeases, renewLeases } from './run-store.ts';
import type { Journal, RunRecord } from './run.ts';

export interface RunnerOptions {
  readonly database: Database;
  readonly gateway: GatewayClient;
  readonly hub: Hub;
  readonly log: Log;
  /** Names this replica in the rows that it drives. */
  readonly replica: string;
  readonly loadContext: (run: RunRecord) => Promise<readonly Item[]>;
}

/** A run that this replica drives. */
export interface OpenRun {
  readonly id: string;
  /** Once the model has taken the request, or the run has ended. Rejects with the refusal. */
  readonly begun: Promise<void>;
  readonly ended: Promise<DriveResult>;
  /** From now on a refusal becomes a failed response: the client has been told that one began. */
  commit(): void;
  stop(reason: StopReason): void;
}

export interface Runner {
  /** Throws KumikiError when no more runs may be open here. */
  demandRoom(): void;
  /** @param journal where a run that is not stored keeps its events. */
  start(run: RunRecord, journal?: Journal): OpenRun;
  /** Whether this replica has let go of its runs: another one goes on with them. */
  released(): boolean;
  openRuns(): number;
  takeovers(): number;
  /** Drives nothing more: its runs are let go, for another replica to take. */
  release(): Promise<void>;
  close(): Promise<void>;
}

export function createRunner(options: RunnerOptions): Runner {
  return new RunnerOfReplica(options);
}

interface Entry {
  readonly open: OpenRun;
  readonly fence: number;
  readonly stored: boolean;
}

class RunnerOfReplica implements Runner {
  readonly #options: RunnerOptions;
  readonly #open = new Map<string, Entry>();
  readonly #timers: NodeJS.Timeout[];
  readonly #stopListening: Promise<() => Promise<void>>;
  #released = false;
  #claiming: Promise<void> | null = null;
  #renewing: Promise<void> | null = null;
  #takeovers = 0;
  /** Monotonic milliseconds before which no runs are taken over. */
  #claimAfter = 0;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#timers = [setInterval(() => this.#renew(), renewMs), setInterval(() => this.#claim(), claimMs)];
    this.#stopListening = listenToNotices(options.database, {
      hub: options.hub,
      onStop: () => this.#renew(),
      onReleased: () => this.#claim(),
    }).catch((error: unknown) => {
      options.log.warn({ err: error }, 'notices cannot be heard; runs are looked for at intervals');
      return async () => {};
    });
  }

  released(): boolean {
    return this.#released;
  }

  openRuns(): number {
    return this.#open.size;
  }

  takeovers(): number {
    return this.#takeovers;
  }

  demandRoom(): void {
    if (this.#released) throw new KumikiError('draining', {}, { retryAfterMs: 1_000 });
    if (this.#open.size < maxOpenRuns) return;
    const reason = `This replica produces ${maxOpenRuns} responses, which is its limit`;
    throw new KumikiError('service_unavailable', { reason }, { retryAfterMs: 1_000 });
  }

  start(run: RunRecord, journal?: Journal): OpenRun {
    return this.#drive(run, '', run.background, journal);
  }

  async release(): Promise<void> {
    this.#released = true;
    for (const timer of this.#timers) clearInterval(timer);
    await this.#claiming;
    const held = [...this.#open.values()].filter(({ stored }) => stored);
    for (const { open } of held) open.stop('release');
    await Promise.all(held.map(({ open }) => open.ended));
    if (held.length === 0) return;
    const leases = held.map(({ open: { id }, fence }) => ({ id, fence }));
    await releaseLeases(this.#options.database, leases).catch((error: unknown) => {
      this.#options.log.warn({ err: error }, 'leases could not be released; they run out by themselves');
    });
  }

  async close(): Promise<void> {
    await this.release();
    const left = [...this.#open.values()];
    for (const { open } of left) open.stop('lost');
    await Promise.all(left.map(({ open }) => open.ended));
    await this.#renewing;
    await (
      await this.#stopListening
    )();
  }

  #drive(run: RunRecord, frames: string, committedAtFirst: boolean, ownJournal?: Journal): OpenRun {
    const { database, gateway, hub, log, loadContext } = this.#options;
    const controller = new AbortController();
    const begun = Promise.withResolvers<void>();
    begun.promise.catch(() => {});
    let committed = committedAtFirst;
    const ended = driveRun({
      run,
      frames,
      journal: ownJournal ?? createDatabaseJournal({ database, hub, run }),
      gateway,
      log,
      loadContext: () => loadContext(run),
      stop: controller.signal,
      hopeless: run.fence > maxDrivers,
      onBegun: () => begun.resolve(),
      mayRefuse: () => !committed,
    }).then((result) => {
      this.#open.delete(run.id);
      if (result.kind === 'refused') begun.reject(result.error);
      else begun.resolve();
      return result;
    });
    const open: OpenRun = {
      id: run.id,
      begun: begun.promise,
      ended,
      commit: () => void (committed = true),
      stop: (reason) => controller.abort(reason),
    };
    this.#open.set(run.id, { open, fence: run.fence, stored: ownJournal === undefined });
    return open;
  }

  /** Keeps the leases, and learns of runs that were cancelled, deleted or taken over. */
  #renew(): void {
    this.#renewing ??= this.#renewOnce()
      // While the database is away no lease can be renewed; writes wait and are checked by themselves.
      .catch((error: unknown) => this.#options.log.debug({ err: error }, 'leases not renewed'))
      .finally(() => (this.#renewing = null));
  }

  async #renewOnce(): Promise<void> {
    const entries = [...this.#open.values()].filter(({ stored }) => stored);
    if (entries.length === 0) return;
    const leases = entries.map(({ open: { id }, fence }) => ({ id, fence }));
    const held = await renewLeases(this.#options.database, leases);
    for (const { open } of entries) {
      const lease = held.get(open.id);
      if (lease === undefined) open.stop('lost');
      else if (lease.cancel) open.stop('cancel');
    }
  }

  /** Looks for runs without a driver. */
  #claim(): void {
    if (this.#released || this.#open.size >= maxOpenRuns || performance.now() < this.#claimAfter) return;
    this.#claiming ??= this.#claimOnce()
      .catch((error: unknown) => {
        // While the database was away nobody could renew: whoever drives a run gets the time to do so first.
        this.#claimAfter = performance.now() + leaseMs;
        this.#options.log.debug({ err: error }, 'no runs claimed');
      })
      .finally(() => (this.#claiming = null));
  }

  async #claimOnce(): Promise<void> {
    const { database, replica, log } = this.#options;
    const runs = await claimRuns(database, replica, [...this.#open.keys()], maxOpenRuns - this.#open.size);
    for (const run of runs) {
      const frames = await loadFrames(database, run.id);
      this.#takeovers++;
      log.info({ response: run.id, fence: run.fence, lastSeq: run.lastSeq }, 'run taken over');
      const open = this.#drive(run, frames, true);
      if (run.cancelRequested) open.stop('cancel');
      if (this.#released) open.stop('release');
    }
  }
}
