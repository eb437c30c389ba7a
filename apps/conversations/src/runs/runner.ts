import { KumikiError } from '@kumiki/api';
import { judgePoison } from '@kumiki/policy';
import type { Database } from '@kumiki/postgres';
import type { GatewayClient, Log } from '@kumiki/service';
import type { Item } from '../answer/response-object.ts';
import { type ByteLoan, createByteBudget } from './byte-budget.ts';
import { claimRuns, claimWaiting } from './claim-runs.ts';
import { createDatabaseJournal } from './database-journal.ts';
import { type DriveResult, driveRun, type StopReason } from './drive-run.ts';
import type { Hub } from './hub.ts';
import { maxContextBytes } from './load-context.ts';
import { hasContext, loadContext } from './load-context.ts';
import { listenToNotices } from './notices.ts';
import { refusePoison } from './refuse-poison.ts';
import {
  claimMs,
  drivenBytes,
  leaseMs,
  maxBackgroundRuns,
  maxBackgroundRunsOfProject,
  maxOpenRuns,
  renewMs,
} from './run-limits.ts';
import { loadFrames, parkRun, releaseLeases, renewLeases } from './run-store.ts';
import type { Journal, RunRecord } from './run.ts';

export interface RunnerOptions {
  readonly database: Database;
  readonly gateway: GatewayClient;
  readonly hub: Hub;
  readonly log: Log;
  /** Names this replica in the rows that it drives. */
  readonly replica: string;
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
  requireRoom(project: string, background: boolean): void;
  /** A place for a background run of a project that is about to start: null when it has to wait. To be given back. */
  reserve(project: string): (() => void) | null;
  /** Takes a run that waits for its turn, and ends it as cancelled. */
  cancelWaiting(project: string, id: string): Promise<void>;
  /** @param journal where a run that is not stored keeps its events. */
  start(run: RunRecord, journal?: Journal): OpenRun;
  /** Whether this replica has let go of its runs: another one goes on with them. */
  released(): boolean;
  openRuns(): number;
  /** Runs of a project that are open here and not stored, which no database counts. */
  unstoredRuns(project: string): number;
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
  readonly run: RunRecord;
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
  /** Whether there may be runs to claim that the last look did not see. */
  #wanted = false;
  readonly #bytes = createByteBudget(drivenBytes);
  readonly #contexts = createByteBudget(drivenBytes);
  /** Places for background runs that are being stored. */
  readonly #reserved = new Set<{ readonly project: string }>();
  /** Runs whose last process ended with them, until a model has taken them. */
  readonly #suspects = new Set<string>();
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

  unstoredRuns(project: string): number {
    return [...this.#open.values()].filter(({ run, stored }) => !stored && run.project === project).length;
  }

  takeovers(): number {
    return this.#takeovers;
  }

  requireRoom(project: string, background: boolean): void {
    if (this.#released) throw new KumikiError('draining', {}, { retryAfterMs: 1_000 });
    // What runs in the background can wait in the database.
    const hasRoom = this.#open.size < maxOpenRuns && this.#bytes.room(project) > 0;
    if (background || hasRoom) return;
    const limit = `${maxOpenRuns} responses, and ${drivenBytes.ofProject} bytes of requests of one project`;
    throw new KumikiError(
      'overloaded',
      { what: 'What one replica produces', limit, retryAfter: '1 s' },
      { retryAfterMs: 1_000 },
    );
  }

  reserve(project: string): (() => void) | null {
    const own = [...this.#background(), ...this.#reserved].filter((one) => one.project === project).length;
    if (this.#roomFor() <= 0 || own >= maxBackgroundRunsOfProject || this.#bytes.room(project) <= 0) return null;
    const place = { project };
    this.#reserved.add(place);
    return () => void this.#reserved.delete(place);
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
    const leases = held.map(({ run: { id, fence } }) => ({ id, fence }));
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
    const { database, gateway, hub, log } = this.#options;
    const controller = new AbortController();
    const begun = Promise.withResolvers<void>();
    begun.promise.catch(() => {});
    let committed = committedAtFirst;
    const stored = ownJournal === undefined;
    const loans = [this.#bytes.take(run.project, run.bytes)];
    const ended = driveRun({
      run,
      frames,
      journal: ownJournal ?? createDatabaseJournal({ database, hub, run }),
      gateway,
      log,
      loadContext: async () => {
        const { items, loan } = await this.#loadContext(run, controller.signal);
        loans.push(loan);
        return items;
      },
      stop: controller.signal,
      mayPark: stored && run.background,
      onBegun: () => {
        if (this.#suspects.delete(run.id)) this.#claim();
        begun.resolve();
      },
      mayRefuse: () => !committed,
    }).then(async (result) => {
      if (result.kind === 'parked') await this.#park(run, result.afterMs);
      this.#open.delete(run.id);
      this.#suspects.delete(run.id);
      for (const loan of loans) loan.giveBack();
      if (result.kind === 'refused') begun.reject(result.error);
      else begun.resolve();
      // Others may wait for its place.
      if (run.background) this.#claim();
      return result;
    });
    const open: OpenRun = {
      id: run.id,
      begun: begun.promise,
      ended,
      commit: () => void (committed = true),
      stop: (reason) => controller.abort(reason),
    };
    this.#open.set(run.id, { open, run, stored });
    return open;
  }

  /** What came before a run, once there is memory for it. */
  async #loadContext(
    { project, request }: RunRecord,
    signal: AbortSignal,
  ): Promise<{ readonly items: readonly Item[]; readonly loan: ByteLoan }> {
    const loan = await this.#contexts.borrow(project, hasContext(request) ? maxContextBytes : 0, signal);
    try {
      const { items, bytes } = await loadContext(this.#options.database, project, request);
      loan.shrink(bytes);
      return { items, loan };
    } catch (error) {
      loan.giveBack();
      throw error;
    }
  }

  async #park(run: RunRecord, afterMs: number): Promise<void> {
    await parkRun(this.#options.database, run, afterMs).catch((error: unknown) => {
      this.#options.log.debug({ err: error, response: run.id }, 'its lease runs out by itself');
    });
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
    const leases = entries.map(({ run: { id, fence } }) => ({ id, fence }));
    const held = await renewLeases(this.#options.database, leases);
    for (const { open } of entries) {
      const lease = held.get(open.id);
      if (lease === undefined) open.stop('lost');
      else if (lease.cancel) open.stop('cancel');
    }
  }

  /** Looks for runs without a driver. */
  #claim(): void {
    if (this.#released || this.#roomFor() <= 0 || performance.now() < this.#claimAfter) return;
    this.#wanted = true;
    this.#claiming ??= this.#claimAll()
      .catch((error: unknown) => {
        // While the database was away nobody could renew: whoever drives a run gets the time to do so first.
        this.#claimAfter = performance.now() + leaseMs;

        this.#options.log.debug({ err: error }, 'no runs claimed');
      })
      .finally(() => (this.#claiming = null));
  }

  async #claimAll(): Promise<void> {
    while (this.#wanted && !this.#released && this.#roomFor() > 0) {
      this.#wanted = false;
      await this.#claimOnce();
    }
  }

  async #claimOnce(): Promise<void> {
    const { database, replica } = this.#options;
    const runs = await claimRuns(database, replica, {
      own: [...this.#open.keys()],
      runs: this.#roomFor(),
      bytes: this.#bytes.roomForAll(),
      suspects: this.#suspects.size === 0 ? 1 : 0,
    });
    for (const run of runs) await this.#takeOver(run);
    if (runs.length > 0) this.#wanted = true;
  }

  async #takeOver(run: RunRecord): Promise<void> {
    const { database, hub, log } = this.#options;
    const verdict = judgePoison({ lost: run.lost, shared: 0 });
    if (verdict.kind === 'refuse') {
      log.warn({ response: run.id, claims: verdict.claims, bytes: run.bytes }, 'run refused: it ended its process');
      await refusePoison(createDatabaseJournal({ database, hub, run }), run, verdict.claims);
      return;
    }
    if (verdict.kind === 'try_alone') this.#suspects.add(run.id);
    const frames = await loadFrames(database, run.id);
    if (run.fence > 1) {
      this.#takeovers++;
      log.info({ response: run.id, fence: run.fence, lastSeq: run.lastSeq }, 'run taken over');
    }
    const open = this.#drive(run, frames, true);
    if (run.cancelRequested) open.stop('cancel');
    if (this.#released) open.stop('release');
  }

  async cancelWaiting(project: string, id: string): Promise<void> {
    const { database, replica } = this.#options;
    const run = await claimWaiting(database, replica, project, id);
    if (run === null) return;
    this.#drive(run, await loadFrames(database, id), true).stop('cancel');
  }

  #background(): readonly RunRecord[] {
    return [...this.#open.values()].flatMap(({ run, stored }) => (stored && run.background ? [run] : []));
  }

  /** Runs that may be claimed now. */
  #roomFor(): number {
    return Math.min(maxOpenRuns - this.#open.size, maxBackgroundRuns - this.#background().length) - this.#reserved.size;
  }
}
