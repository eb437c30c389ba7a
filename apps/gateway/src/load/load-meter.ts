import type { EndpointLoad, GatewayLoad, RequestRecord } from '@kumiki/api';
import { createSlidingCounter, createSlidingSamples, type SlidingCounter, type SlidingSamples } from '@kumiki/policy';

/** The window of rates and percentiles. */
const windowMs = 10_000;

/** Interval between two readings of the open streams. */
const sampleMs = 1_000;

/** Samples of one kind that are kept for an endpoint. */
const maxSamples = 1_024;

/** Endpoints that are measured. Beyond it the least recently active one is dropped. */
const maxEndpoints = 1_024;

/** An open stream of one endpoint. */
export interface MeteredStream {
  readonly record: RequestRecord;
  readonly endpoint: string;
  /** Events sent to the client, counted where they are relayed. */
  readonly events: () => number;
}

/** To be called at the beginning and at the end of a stream. */
export interface StreamMeter {
  /** The first event has been sent and counted. */
  first(now: number): void;
  end(now: number): void;
}

export interface LoadMeter {
  requestBegins(now: number): void;
  /** A request failed for a reason other than its client. */
  requestFails(now: number): void;
  firstToken(endpoint: string, sinceRequestMs: number, sinceAttemptMs: number, now: number): void;
  streamBegins(stream: MeteredStream): StreamMeter;
  /** Tokens of a reply that was not a stream. */
  tokens(endpoint: string, count: number, now: number): void;
  read(now: number): GatewayLoad;
  stop(): void;
}

interface Meters {
  readonly tokens: SlidingCounter;
  readonly ttft: SlidingSamples;
  readonly itl: SlidingSamples;
}

interface Watched {
  readonly stream: MeteredStream;
  readonly meters: Meters;
  /** At the last reading that found new events; 0 before the first event. */
  events: number;
  at: number;
}

/**
 * Measures throughput and latency. Events are not timed one by one: every second each open stream is asked how many it has sent,
 * so that an event costs nothing here.
 * @param now monotonic milliseconds.
 */
export function createLoadMeter(now: () => number): LoadMeter {
  const all = createMeters();
  const requests = createSlidingCounter(windowMs);
  const errors = createSlidingCounter(windowMs);
  const byEndpoint = new Map<string, Meters>();
  const watched = new Set<Watched>();

  /** Keeps the map in the order of last use. */
  function metersOf(endpoint: string): Meters {
    let meters = byEndpoint.get(endpoint);
    if (meters === undefined) {
      meters = createMeters();
      const [oldest] = byEndpoint.keys();
      if (byEndpoint.size >= maxEndpoints && oldest !== undefined) byEndpoint.delete(oldest);
    } else {
      byEndpoint.delete(endpoint);
    }
    byEndpoint.set(endpoint, meters);
    return meters;
  }

  function sample(one: Watched, time: number): void {
    const events = one.stream.events();
    const added = events - one.events;
    if (one.at === 0 || added <= 0) return;
    for (const meters of [all, one.meters]) {
      meters.tokens.add(time, added);
      meters.itl.add(time, (time - one.at) / added, added);
    }
    one.events = events;
    one.at = time;
    one.stream.record.completion_tokens = events;
  }

  const timer = setInterval(() => {
    const time = now();
    for (const one of watched) sample(one, time);
  }, sampleMs);
  timer.unref();

  return {
    requestBegins: (time) => requests.add(time, 1),
    requestFails: (time) => errors.add(time, 1),
    firstToken(endpoint, sinceRequestMs, sinceAttemptMs, time) {
      all.ttft.add(time, sinceRequestMs, 1);
      metersOf(endpoint).ttft.add(time, sinceAttemptMs, 1);
    },
    streamBegins(stream) {
      const one: Watched = { stream, meters: metersOf(stream.endpoint), events: 0, at: 0 };
      watched.add(one);
      return {
        first(time) {
          one.events = stream.events();
          one.at = time;
          for (const meters of [all, one.meters]) meters.tokens.add(time, 1);
        },
        end(time) {
          watched.delete(one);
          sample(one, time);
        },
      };
    },
    tokens(endpoint, count, time) {
      all.tokens.add(time, count);
      metersOf(endpoint).tokens.add(time, count);
    },
    read: (time) => ({
      ...readMeters(all, time),
      requests_per_second: requests.perSecond(time),
      errors_per_second: errors.perSecond(time),
      endpoints: [...byEndpoint].map(([id, meters]) => ({ id, ...readMeters(meters, time) })),
    }),
    stop: () => clearInterval(timer),
  };
}

function createMeters(): Meters {
  return {
    tokens: createSlidingCounter(windowMs),
    ttft: createSlidingSamples(windowMs, maxSamples),
    itl: createSlidingSamples(windowMs, maxSamples),
  };
}

function readMeters(meters: Meters, now: number): EndpointLoad {
  return {
    tokens_per_second: meters.tokens.perSecond(now),
    ttft_ms: meters.ttft.summary(now),
    itl_ms: meters.itl.summary(now),
  };
}
