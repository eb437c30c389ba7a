import { seededRandom } from '@kumiki/testing';
import type { Product } from '../product/product.ts';
import type { WorkerProcess } from '../product/worker-process.ts';

export interface DisturberOptions {
  readonly seed: number;
  /** Mean time between two faults. */
  readonly meanPauseMs: number;
  /** Share of faults that pause a worker (SIGSTOP, later SIGCONT) instead of killing it. */
  readonly stopShare: number;
  /** How long a worker is paused. */
  readonly stopMs: number;
}

export interface Disturber {
  readonly kills: number;
  readonly stops: number;
  /** Ends the faults and resumes every paused worker. */
  end(): void;
}

/** Kills and pauses workers at random times. One worker is always spared, since losing all of them is another test. */
export function startDisturber(product: Product, options: DisturberOptions): Disturber {
  const random = seededRandom(options.seed);
  const stopped = new Set<WorkerProcess>();
  const resumptions = new Set<NodeJS.Timeout>();
  const counts = { kills: 0, stops: 0 };

  function resume(worker: WorkerProcess): void {
    stopped.delete(worker);
    worker.signal('SIGCONT');
  }

  function disturb(): void {
    const well = product.workers().filter((worker) => worker.running() && !stopped.has(worker));
    const victim = well[Math.floor(random() * well.length)];
    if (victim === undefined || well.length < 2) return;
    // Deterministic, so that each run has both kinds, however many faults it has.
    if (counts.stops >= (counts.kills + counts.stops + 1) * options.stopShare) {
      counts.kills += 1;
      victim.signal('SIGKILL');
      return;
    }
    counts.stops += 1;
    stopped.add(victim);
    victim.signal('SIGSTOP');
    const resumption = setTimeout(() => {
      resumptions.delete(resumption);
      resume(victim);
    }, options.stopMs);
    resumptions.add(resumption);
  }

  let next: NodeJS.Timeout;
  function schedule(): void {
    next = setTimeout(
      () => {
        disturb();
        schedule();
      },
      options.meanPauseMs * (0.5 + random()),
    );
  }
  schedule();

  return {
    get kills() {
      return counts.kills;
    },
    get stops() {
      return counts.stops;
    },
    end() {
      clearTimeout(next);
      for (const resumption of resumptions) clearTimeout(resumption);
      for (const worker of stopped) resume(worker);
    },
  };
}
