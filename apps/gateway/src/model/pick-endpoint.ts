import { KumikiError } from '@kumiki/api';
import { type Candidate, choose, forLowPriority, forProject, preferOwnZone } from '@kumiki/policy';
import { formatDuration } from '../limits/format-duration.ts';
import { isEligible, toCandidate, type EndpointState } from '../routing/endpoint-state.ts';
import type { ProjectShares } from '../routing/project-shares.ts';
import type { RouteIndex } from '../routing/route-index.ts';
import type { Exchange, ModelRequest } from './exchange.ts';

/** How long a request without any output waits while no replica can take it. */
const holdMs = 15_000;

/** How long a stream that has begun waits: its reader already has part of the answer. */
const holdBegunMs = 60_000;

/** How long it waits while there are only replicas of other revisions, which cannot use its token ids. */
const holdForRevisionMs = 5_000;

/** Delay after which a replica that failed this request is asked again when there is no other. */
const retrySameMs = 200;

/** Requests that may wait at once; further ones are refused at once with 503. */
const maxHeld = 2_000;

/**
 * How long a request waits for its project's share of a model at most: as long as a replica would let it wait in its
 * queue.
 */
const holdForShareMs = 120_000;

/** Requests of one project that may wait for its share of a model, where the queues of the replicas have fewer places. */
const leastWaitingForShare = 16;

/** `retry-after` of a refusal because every replica is full, in milliseconds. */
const saturatedRetryMs = 1_000;

/** A place at a replica, taken for one attempt. */
export interface Place {
  readonly state: EndpointState;
  /** Returns the place. Called once. */
  leave(): void;
}

export interface Picker {
  /** The present endpoints of the request's model. A rollout may replace them while the request runs. */
  endpointsOf(exchange: Exchange): readonly EndpointState[];
  /**
   * A place at the endpoint for the next attempt; waits while there is none. It is taken in the same turn as the
   * choice, so the next request finds it taken even before this promise is read. Throws `queue_full` or
   * `no_replica_available`, or `stream_interrupted` when none of the present endpoints will ever do.
   * @param begun the client has part of the answer, or its headers.
   * @param preferences which endpoints will do, best first; a later one counts when the earlier ones match no endpoint.
   */
  pick(exchange: Exchange, begun: boolean, preferences: readonly Accepts[]): Promise<Place>;
}

export type Accepts = (state: EndpointState) => boolean;

export interface PickerOptions {
  readonly routes: RouteIndex;
  readonly shares: ProjectShares;
  /** Of this gateway; null where it is unknown, and all endpoints are alike. */
  readonly zone: string | null;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export function createPicker(options: PickerOptions): Picker {
  const { routes, shares, now } = options;
  let held = 0;

  const endpointsOf = (exchange: Exchange): readonly EndpointState[] => endpointsNow(routes, exchange);

  async function hold(exchange: Exchange, waitMs: number): Promise<void> {
    if (held >= maxHeld) throw unavailable(exchange, 'too many requests wait for one already');
    held++;
    try {
      await changeOrTimeout(exchange, waitMs, [routes.onChange]);
    } finally {
      held--;
    }
  }

  /**
   * Waits for a place of the project. Throws when too many of its requests wait already, or when the wait ends without
   * one.
   */
  async function holdForShare(exchange: Exchange, endpoints: readonly EndpointState[], askedAt: number) {
    const { model } = exchange.request.route.route;
    const { project } = exchange.request.key;
    const places = endpoints.reduce((sum, { endpoint: { maxInFlight, maxRunning } }) => {
      return sum + maxInFlight - (maxRunning ?? maxInFlight);
    }, 0);
    const limit = Math.max(leastWaitingForShare, places);
    const leftMs = askedAt + holdForShareMs - now();
    if (leftMs <= 0 || shares.waiting(model, project) >= limit) throw saturated(exchange, limit);
    await changeOrTimeout(exchange, leftMs, [routes.onChange, (wake) => shares.onFree(model, project, wake)]);
  }

  return {
    endpointsOf,
    async pick(exchange, begun, preferences) {
      const askedAt = now();
      shares.ask(exchange.request.route.route.model, exchange.request.key.project);
      const giveUpAt = askedAt + (begun ? holdBegunMs : holdMs);
      for (;;) {
        let waitsForShare = false;
        let full: KumikiError | null = null;
        for (const accepts of withSuspicion(options, exchange, preferences)) {
          const endpoints = endpointsOf(exchange);
          const { choice, hasRoom } = tryPick(options, endpoints, { exchange, begun, accepts });
          const state = choice.kind === 'chosen' ? endpoints[choice.index] : undefined;
          if (state !== undefined) return takePlace(state, exchange, shares);
          if (choice.kind !== 'saturated') continue;
          if (hasRoom) waitsForShare = true;
          else full = saturated(exchange, Math.ceil(choice.limit));
        }
        if (full !== null && !waitsForShare) throw full;
        const endpoints = endpointsOf(exchange);
        if (waitsForShare && !exchange.progress.clientLeft) {
          await holdForShare(exchange, endpoints, askedAt);
          continue;
        }
        if (isHopeless(endpoints, preferences, now() - askedAt)) {
          throw new KumikiError('stream_interrupted', {
            reason: 'no server of its model can go on with it, or is sure to give the same again',
          });
        }
        if (now() >= giveUpAt || exchange.progress.clientLeft)
          throw unavailable(exchange, whyNone(endpoints, exchange));
        await hold(exchange, retrySameMs);
        exchange.progress.failed.clear();
      }
    },
  };
}

function takePlace(state: EndpointState, exchange: Exchange, shares: ProjectShares): Place {
  state.inFlight++;
  const end = shares.begin(
    state,
    exchange.request.route.route.model,
    exchange.request.key.project,
    answersOf(exchange.request),
  );
  return {
    state,
    leave() {
      state.inFlight--;
      end();
    },
  };
}

/** Answers that a replica computes at the same time for one request. */
export function answersOf({ scanned }: ModelRequest): number {
  return Math.max(1, scanned.n ?? 1);
}

/** The present endpoints of the model. A rollout may replace them while the request runs. */
function endpointsNow(routes: RouteIndex, exchange: Exchange): readonly EndpointState[] {
  return (routes.find(exchange.request.route.route.model) ?? exchange.request.route).endpoints;
}

interface Asked {
  readonly exchange: Exchange;
  readonly begun: boolean;
  readonly accepts: Accepts;
}

/** Chooses among the endpoints in their present state. `hasRoom`: whether any of them has room for any project. */
function tryPick(options: PickerOptions, endpoints: readonly EndpointState[], asked: Asked) {
  const { shares, now, random } = options;
  const { exchange, begun, accepts } = asked;
  const time = now();
  const { project } = exchange.request.key;
  const othersAsk = shares.othersAsk(exchange.request.route.route.model, project);
  let hasRoom = false;
  const candidates = endpoints.map((state) => {
    const { id } = state.endpoint;
    const eligible =
      (isEligible(state, time) || mayFinishThere(state, begun, time)) &&
      !exchange.progress.failed.has(id) &&
      !exchange.progress.closed.has(id);
    const candidate = toCandidate(state, eligible && accepts(state));
    // Streams that have begun take precedence: they are moved even to a full replica.
    if (begun) return { ...candidate, maxInFlight: Number.MAX_SAFE_INTEGER };
    if (exchange.request.lowPriority) return forLowPriority(candidate, state.endpoint.maxRunning);
    hasRoom ||= candidate.eligible && candidate.inFlight < candidate.maxInFlight;
    const inFlight = state.byProject.get(project) ?? 0;
    return forProject(candidate, state.endpoint.maxRunning ?? null, {
      inFlight,
      asked: answersOf(exchange.request),
      othersAsk,
    });
  });
  const preferred = inOwnZone(options.zone, candidates, endpoints);
  return { choice: choose(preferred, exchange.request.affinity, random()), hasRoom };
}

/** The candidates with those made ineligible that the zone of this gateway advises against. */
function inOwnZone(zone: string | null, candidates: readonly Candidate[], endpoints: readonly EndpointState[]) {
  if (zone === null) return candidates;
  return preferOwnZone(
    candidates.map((candidate, at) => {
      const endpoint = endpoints[at]?.endpoint;
      return { ...candidate, near: endpoint?.zone === zone, maxRunning: endpoint?.maxRunning ?? null };
    }),
  );
}

/**
 * A request that may have ended a replica goes to an idle one if there is one, else to one without another suspect, so
 * that a second loss is conclusive. Other requests avoid that replica for a while, if another one is available.
 */
function withSuspicion({ routes, now }: PickerOptions, exchange: Exchange, preferences: readonly Accepts[]) {
  const time = now();
  // The usual case: no request is suspected, and no replica has to be avoided.
  if (
    exchange.progress.claims.lost === 0 &&
    endpointsNow(routes, exchange).every(({ quarantinedUntil }) => quarantinedUntil <= time)
  ) {
    return preferences;
  }
  return preferences.flatMap((accepts): readonly Accepts[] => {
    if (exchange.progress.claims.lost === 0)
      return [(state) => accepts(state) && state.quarantinedUntil <= time, accepts];
    const alone: Accepts = (state) => accepts(state) && state.suspects === 0;
    return [(state) => alone(state) && state.inFlight === 0, alone, accepts];
  });
}

/** A draining replica may continue a stream that has begun: it is alive and has the same revision. */
function mayFinishThere(state: EndpointState, begun: boolean, now: number): boolean {
  return begun && state.endpoint.state === 'draining' && !state.probeFailed && state.eject.ejectedUntil <= now;
}

/** Waiting helps while there is no endpoint at all, or while one of the revision that sampled the answer may come back. */
function isHopeless(endpoints: readonly EndpointState[], preferences: readonly Accepts[], waitedMs: number): boolean {
  if (endpoints.length === 0) return false;
  if (endpoints.some((state) => preferences.some((accepts) => accepts(state)))) return false;
  const revisions = endpoints.some(({ endpoint }) => endpoint.continuation === 'token_ids');
  return waitedMs >= (revisions ? holdForRevisionMs : 0);
}

type Subscribe = (wake: () => void) => () => void;

function changeOrTimeout(exchange: Exchange, waitMs: number, changes: readonly Subscribe[]): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      for (const leave of leaves) leave();
      exchange.response.off('close', finish);
      resolve();
    };
    const timer = setTimeout(finish, waitMs);
    const leaves = changes.map((subscribe) => subscribe(finish));
    exchange.response.once('close', finish);
  });
}

function whyNone(endpoints: readonly EndpointState[], exchange: Exchange): string {
  if (endpoints.length === 0) return 'it has none; scale it up, or wait until one has started';
  const failed = endpoints.filter((state) => exchange.progress.failed.has(state.endpoint.id)).length;
  return failed > 0
    ? `${failed} of ${endpoints.length} failed this request`
    : `all ${endpoints.length} are down or draining`;
}

function unavailable(exchange: Exchange, reason: string): KumikiError {
  const details = { model: exchange.request.route.route.model, reason, retryAfter: formatDuration(saturatedRetryMs) };
  return new KumikiError('no_replica_available', details, { retryAfterMs: saturatedRetryMs });
}

function saturated(exchange: Exchange, limit: number): KumikiError {
  const details = { model: exchange.request.route.route.model, limit, retryAfter: formatDuration(saturatedRetryMs) };
  return new KumikiError('queue_full', details, { retryAfterMs: saturatedRetryMs });
}
