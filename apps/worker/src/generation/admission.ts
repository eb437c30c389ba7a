import { type LastAsked, noteAsked, othersAsked, shareOf } from '@kumiki/policy';

/**
 * Decides which answers may generate now: at most as many as the engine has sequences, and of one tenant at most its
 * share (policy/route/share) while other tenants have requests. The number of waiting answers is limited. Of those that
 * wait, the tenant with the fewest running answers is next; the answers of one tenant run in the order of arrival.
 * Gateways apply the share too, but only the worker sees the requests of all gateways, and a request of many answers
 * counts as that many.
 */
export interface Admission {
  /** One ticket per answer of a tenant, or null when the queue cannot take all of them. */
  enter(count: number, tenant: string): Ticket[] | null;
  readonly running: number;
  readonly waiting: number;
  /** Estimated time until the queue has room, from how long recent answers took. */
  retryAfterMs(): number;
}

export interface Ticket {
  /** Resolves when the answer may begin; null when it may at once. */
  readonly turn: Promise<void> | null;
  /** Frees the place, whether the turn has come or not. Calling it again has no effect. */
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
  readonly tenant: string;
  state: 'waiting' | 'running' | 'gone';
  startedAt: number;
  start: () => void;
}

/** The running answers, in all and by tenant. */
interface Shares {
  readonly running: number;
  ask(tenant: string): void;
  /** How many answers the tenant may begin now. */
  freeFor(tenant: string): number;
  runningOf(tenant: string): number;
  count(tenant: string, change: number): void;
}

function createShares({ maxRunning, now }: AdmissionOptions): Shares {
  /** Has no entry for tenants without running answers. */
  const byTenant = new Map<string, number>();
  let running = 0;
  let asked: LastAsked | null = null;
  const runningOf = (tenant: string): number => byTenant.get(tenant) ?? 0;
  return {
    get running() {
      return running;
    },
    ask(tenant) {
      asked = noteAsked(asked, tenant, now());
    },
    freeFor(tenant) {
      const share = shareOf(maxRunning, maxRunning, othersAsked(asked, tenant, now()));
      return Math.max(0, Math.min(maxRunning - running, share - runningOf(tenant)));
    },
    runningOf,
    count(tenant, change) {
      running += change;
      const left = runningOf(tenant) + change;
      if (left > 0) byTenant.set(tenant, left);
      else byTenant.delete(tenant);
    },
  };
}

/**
 * Of the places that may begin, the one whose tenant has the fewest running answers; among equals, the one that has
 * waited longest.
 */
function nextPlace(queue: Iterable<Place>, shares: Shares): Place | null {
  let best: Place | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const place of queue) {
    const has = shares.runningOf(place.tenant);
    if (has >= least || shares.freeFor(place.tenant) === 0) continue;
    best = place;
    least = has;
  }
  return best;
}

function waits(queue: Iterable<Place>, tenant: string): boolean {
  for (const place of queue) if (place.tenant === tenant) return true;
  return false;
}

export function createAdmission(options: AdmissionOptions): Admission {
  const { maxRunning, maxWaiting, now } = options;
  const queue = new Set<Place>();
  const shares = createShares(options);
  let averageMs = leastRetryMs;

  function start(place: Place): void {
    queue.delete(place);
    place.state = 'running';
    place.startedAt = now();
    shares.count(place.tenant, 1);
    place.start();
  }

  function leave(place: Place): void {
    if (place.state === 'waiting') queue.delete(place);
    if (place.state === 'running') {
      shares.count(place.tenant, -1);
      averageMs += newest * (now() - place.startedAt - averageMs);
    }
    place.state = 'gone';
    if (shares.running >= maxRunning) return;
    for (let next = nextPlace(queue, shares); next !== null; next = nextPlace(queue, shares)) start(next);
  }

  function ticket(tenant: string, free: boolean): Ticket {
    const place: Place = { tenant, state: 'waiting', startedAt: 0, start: () => {} };
    const release = (): void => leave(place);
    if (free) {
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
      return shares.running;
    },
    get waiting() {
      return queue.size;
    },
    retryAfterMs() {
      const estimate = (averageMs * (queue.size + 1)) / maxRunning;
      return Math.round(Math.min(mostRetryMs, Math.max(leastRetryMs, estimate)));
    },
    enter(count, tenant) {
      shares.ask(tenant);
      const free = waits(queue, tenant) ? 0 : shares.freeFor(tenant);
      const toWait = Math.max(0, count - free);
      // A request of more answers than there are places runs them one after the other when no other request runs or
      // waits.
      const idle = shares.running === 0 && queue.size === 0;
      if (toWait > 0 && queue.size + toWait > maxWaiting && !idle) return null;
      return Array.from({ length: count }, (_, index) => ticket(tenant, index < free));
    },
  };
}
