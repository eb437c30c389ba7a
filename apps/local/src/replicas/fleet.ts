import type { Target } from '@kumiki/policy';
import type { Log } from '@kumiki/service';
import { createReplicaLogs } from '../home/replica-logs.ts';
import type { RotatingLog } from '../home/rotating-log.ts';
import { applyAction, type ApplyContext } from './apply.ts';
import { type Observer, startObserver } from './observe.ts';
import { plan, terminateLimitMs } from './plan.ts';
import type { ReplicaRecord } from './replica.ts';
import type { WorkerEvents, WorkerProgram } from './spawn-worker.ts';

/** Plans at once that lead to each other. More means that two rules of the plan fight. */
const maxRounds = 32;

export interface FleetOptions {
  readonly worker: WorkerProgram;
  readonly logsFolder: string;
  readonly log: Log;
  readonly targets: () => readonly Target[];
  readonly freeBytes: () => number;
  readonly nowUnix: () => number;
  /** After every change of a replica, with all that follows from it already begun. */
  readonly changed: () => void;
}

/** All replicas of this machine, kept as the targets want them. */
export interface Fleet {
  replicas(): readonly ReplicaRecord[];
  logOf(id: string): RotatingLog | undefined;
  /** The log of another process of this machine, which is kept as those of replicas are. */
  openLog(name: string): RotatingLog;
  /** Plans and acts. Call it after a change of the targets. */
  reconcile(): void;
  /** Ends every process: SIGTERM, and SIGKILL after the limit. Resolves when all are gone. */
  stop(limitMs: number): Promise<void>;
}

export function createFleet(options: FleetOptions): Fleet {
  const { log, changed } = options;
  const replicas = new Map<string, ReplicaRecord>();
  const logs = createReplicaLogs(options.logsFolder);
  const now = (): number => performance.now();
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;
  let busy = false;

  /** Acts until nothing is left to do now. Changes that acting itself brings are seen by the next round. */
  function reconcile(): void {
    if (busy || stopping) return;
    busy = true;
    try {
      for (let round = 0; round < maxRounds; round++) {
        const { actions, planAgainAt } = plan(options.targets(), [...replicas.values()], now());
        for (const action of actions) applyAction(action, context);
        if (actions.length > 0) continue;
        clearTimeout(timer);
        if (planAgainAt !== null) timer = setTimeout(reconcile, Math.max(1, planAgainAt - now()));
        break;
      }
    } finally {
      busy = false;
    }
    changed();
  }

  const observer = startObserver({
    now,
    random: Math.random,
    replicas: () => replicas.values(),
    changed() {
      // What a dead replica leaves behind is told before anything is started in its place.
      changed();
      reconcile();
    },
  });
  const context: ApplyContext = {
    ...options,
    replicas,
    now,
    events: (replica) => workerEvents(replica, observer, logs.open(replica.id), log),
    forgotten: (replica) => logs.close(replica.id),
    note: (action, replica) => log.info({ action: action.kind, replica: replica.id, reason: action.reason }, 'acting'),
  };

  return {
    replicas: () => [...replicas.values()],
    logOf: (id) => logs.get(id),
    openLog: logs.open,
    reconcile,
    async stop(limitMs) {
      stopping = true;
      clearTimeout(timer);
      // Nobody starts them again: their end is no failure.
      for (const replica of replicas.values()) replica.drainingSince ??= now();
      changed();
      await endAll(replicas, Math.min(limitMs, terminateLimitMs));
      observer.stop();
    },
  };
}

function workerEvents(replica: ReplicaRecord, observer: Observer, output: RotatingLog, log: Log): WorkerEvents {
  return {
    output: output.write,
    message: (message) => observer.onMessage(replica, message),
    end(end) {
      output.flush();
      const expected = replica.drainingSince !== null;
      log[expected ? 'info' : 'warn']({ replica: replica.id, reason: end.reason }, 'replica ended');
      observer.onEnd(replica, end);
    },
  };
}

function endAll(replicas: ReadonlyMap<string, ReplicaRecord>, limitMs: number): Promise<void> {
  const signal = (name: NodeJS.Signals): void => {
    for (const { process } of replicas.values()) process?.signal(name);
  };
  return new Promise((resolve) => {
    signal('SIGTERM');
    const killAt = performance.now() + limitMs;
    const timer = setInterval(() => {
      const running = [...replicas.values()].some(({ process }) => process !== null);
      if (running && performance.now() > killAt) signal('SIGKILL');
      if (running) return;
      clearInterval(timer);
      resolve();
    }, 20);
  });
}
