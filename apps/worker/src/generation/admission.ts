/**
 * Who may generate now: as many answers as the engine has sequences, the others in the order in which they came,
 * and beyond a limit nobody.
 */
export interface Admission {
  /** One ticket per answer, or null when the queue has no room for all of them. */
  enter(count: number): Ticket[] | null;
  readonly running: number;
  readonly waiting: number;
  /** How long it will take until the queue has room, by the answers that ended lately. */
  retryAfterMs(): number;
}

export interface Ticket {
  /** Resolves when the answer may begin; null when it may at once. */
  readonly turn: Promise<void> | null;
  /** Gives the place back, whether the turn had come or not. May be called again without effect. */
  release(): void;
}

export interface AdmissionOptions {
  readonly maxRunning: number;
  readonly maxWaiting: number;
  /** Milliseconds on the monotonic clock. */
  readonly now: () => number;
}

/** Weight of the newest answer in the average of how long answers take. */
const newest = 0.2;
const leastRetryMs = 1_000;
const mostRetryMs = 60_000;

interface Place {
  state: 'waiting' | 'running' | 'gone';
  startedAt: number;
  start: () => void;
}

export function createAdmission(options: AdmissionOptions): Admission {
  const { maxRunning, maxWaiting, now } = options;
  const queue = new Set<Place>();
  let running = 0;
  let averageMs = leastRetryMs;

  function start(place: Place): void {
    place.state = 'running';
    place.startedAt = now();
    running += 1;
    place.start();
  }

  function leave(place: Place): void {
    if (place.state === 'waiting') queue.delete(place);
    if (place.state === 'running') {
      running -= 1;
      averageMs += newest * (now() - place.startedAt - averageMs);
    }
    place.state = 'gone';
    for (const next of queue) {
      if (running >= maxRunning) break;
      queue.delete(next);
      start(next);
    }
  }

  function ticket(): Ticket {
    const place: Place = { state: 'waiting', startedAt: 0, start: () => {} };
    const release = (): void => leave(place);
    if (running < maxRunning && queue.size === 0) {
      start(place);
      return { turn: null, release };
    }
    const turn = new Promise<void>((resolve) => {
      place.start = resolve;
    });
    queue.add(place);
    return { turn, release };
  }

  return {
    get running() {
      return running;
    },
    get waiting() {
      return queue.size;
    },
    retryAfterMs() {
      const estimate = (averageMs * (queue.size + 1)) / maxRunning;
      return Math.round(Math.min(mostRetryMs, Math.max(leastRetryMs, estimate)));
    },
    enter(count) {
      const free = queue.size > 0 ? 0 : maxRunning - running;
      const toWait = Math.max(0, count - free);
      // A request of more answers than there are places runs them one after the other once nobody else is here.
      const idle = running === 0 && queue.size === 0;
      if (toWait > 0 && queue.size + toWait > maxWaiting && !idle) return null;
      return Array.from({ length: count }, ticket);
    },
  };
}
