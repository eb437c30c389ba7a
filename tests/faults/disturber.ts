import { seededRandom } from '@kumiki/testing';
import type { Product } from '../product/product.ts';
import type { WorkerProcess } from '../product/worker-process.ts';

export interface DisturberOptions {
  readonly seed: number;
  /** Mean time between two faults. */
  readonly meanPauseMs: number;
  /** Share of the faults that stop a worker for a while (SIGSTOP, later SIGCONT) instead of killing it. */
  readonly stopShare: number;
  /** How long a stopped worker stays so. */
  readonly stopMs: number;
}

export interface Disturber {
  readonly kills: number;
  readonly stops: number;
  /** Ends the faults and lets every stopped worker go on. */
  end(): void;
}

/**
 * Kills and stops workers at random times. One worker is always spared: when all are gone nobody can answer, and
 * that is another test.
 */
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
    // Counted out, not drawn: how many faults a run has depends on the machine, and each run has both kinds.
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
