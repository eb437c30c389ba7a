import type { Target } from '@kumiki/policy';
import type { Log } from '@kumiki/service';
import { createReplicaLogs } from '../home/replica-logs.ts';
import type { RotatingLog } from '../home/rotating-log.ts';
import { applyAction, type ApplyContext } from './apply.ts';
import { type Observer, startObserver } from './observe.ts';
import { plan, terminateLimitMs } from './plan.ts';
import type { ReplicaRecord } from './replica.ts';
import type { WorkerEvents, WorkerProgram } from './spawn-worker.ts';

/** Most consecutive plans that trigger each other. More means that two rules of the plan conflict. */
const maxRounds = 32;

export interface FleetOptions {
  readonly worker: WorkerProgram;
  readonly logsFolder: string;
  readonly log: Log;
  readonly targets: () => readonly Target[];
  readonly freeBytes: () => number;
  readonly nowUnix: () => number;
  /** Called after every change of a replica, when the resulting actions have been started. */
  readonly changed: () => void;
}

/** All replicas of this machine, reconciled with the targets. */
export interface Fleet {
  replicas(): readonly ReplicaRecord[];
  logOf(id: string): RotatingLog | undefined;
  /** The log of another process of this machine, stored like those of replicas. */
  openLog(name: string): RotatingLog;
  /** Plans and applies. Call it after a change of the targets. */
  reconcile(): void;
  /** Ends every process: SIGTERM, and SIGKILL after the limit. Resolves when all have ended. */
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

  /** Applies plans until nothing is left to do. The next round sees the changes of the previous one. */
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
      // Reports the end of a replica before its replacement starts.
      changed();
      reconcile();
    },
  });
  const context: ApplyContext = {
    ...options,
    replicas,
    now,
    events: (replica) => workerEvents(replica, observer, logs.open(replica.id), log),
    removed: (replica) => logs.close(replica.id),
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
      // Marked as draining, so that their end does not count as a failure and they are not restarted.
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
