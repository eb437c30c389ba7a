import {
  maxObservedRecords,
  type MissingGateway,
  observedLoadSchema,
  observedPaths,
  type ObservedRequestQuery,
  type ObservedRequests,
  observedRequestsSchema,
  observedSessionsSchema,
  type RequestDetail,
  type RequestList,
  type RequestQuery,
  type RequestRecord,
} from '@kumiki/api';
import type { z } from 'zod';
import { askGateway, type GatewayPlace } from './ask-gateway.ts';
import { followRecords } from './follow-records.ts';
import { mergeLoads, type MergedLoad, mergeRequests } from './merge-answers.ts';

/** Interval of reading the load and the list of gateways. */
const lookMs = 1_000;

/** The merged observations of all gateways. A gateway that does not answer in time is left out and named as missing. */
export interface Gateways {
  /** As of the last reading. */
  load(): MergedLoad;
  list(query: RequestQuery): Promise<RequestList>;
  /** The record and the others of its trace; null when none of the gateways that answer remembers it. */
  find(id: string): Promise<RequestDetail | null>;
  /** Unix seconds, by the session's id. */
  sessionsLastUsed(): Promise<{ readonly usedAt: ReadonlyMap<string, number>; readonly missing: MissingGateway[] }>;
  /** Calls back with every record that changes. Returns a function that unsubscribes. */
  subscribe(listener: (record: RequestRecord) => void): () => void;
  stop(): void;
}

/** @param places returns the current places of all gateways. */
export function openGateways(places: () => readonly GatewayPlace[]): Gateways {
  let load = mergeLoads([], []);
  let looking = false;
  const listeners = new Set<(record: RequestRecord) => void>();
  const followed = new Map<string, () => void>();

  /** Follows the current gateways while there are subscribers. */
  function follow(): void {
    const wanted = new Map(listeners.size === 0 ? [] : places().map((place) => [`${place.url} ${place.token}`, place]));
    for (const [key, leave] of followed) {
      if (wanted.has(key)) continue;
      leave();
      followed.delete(key);
    }
    for (const [key, place] of wanted) {
      if (followed.has(key)) continue;
      const tell = (record: RequestRecord): void => {
        for (const listener of listeners) listener(record);
      };
      followed.set(key, followRecords(place, tell));
    }
  }

  async function checkNow(): Promise<void> {
    follow();
    if (looking) return;
    looking = true;
    const { values, missing } = await askAll(places(), observedPaths.load, observedLoadSchema);
    load = mergeLoads(values, missing);
    looking = false;
  }

  void checkNow();
  const timer = setInterval(() => void checkNow(), lookMs);
  timer.unref();
  return {
    load: () => load,
    list: (query) => listRequests(places(), query),
    find: (id) => findRequest(places(), id),
    sessionsLastUsed: () => askSessionsLastUsed(places()),
    subscribe(listener) {
      listeners.add(listener);
      follow();
      return () => {
        listeners.delete(listener);
        follow();
      };
    },
    stop() {
      clearInterval(timer);
      listeners.clear();
      follow();
    },
  };
}

/** When sessions were last used, as these gateways tell it; those that do not answer are named. */
export async function askSessionsLastUsed(places: readonly GatewayPlace[]): ReturnType<Gateways['sessionsLastUsed']> {
  const { values, missing } = await askAll(places, observedPaths.sessions, observedSessionsSchema);
  const usedAt = new Map<string, number>();
  for (const { id, last_used_at: at } of values.flatMap(({ data }) => data)) {
    usedAt.set(id, Math.max(at, usedAt.get(id) ?? 0));
  }
  return { usedAt, missing };
}

interface AllAnswers<Value> {
  readonly values: readonly Value[];
  readonly missing: MissingGateway[];
}

/** Asks all gateways in parallel, so the time limit of one is the limit of all. */
async function askAll<Schema extends z.ZodType>(
  places: readonly GatewayPlace[],
  path: string,
  schema: Schema,
): Promise<AllAnswers<z.infer<Schema>>> {
  const answers = await Promise.all(places.map((place) => askGateway(place, path, schema)));
  const missing = answers.flatMap((answer, at) =>
    answer.ok ? [] : [{ gateway: places[at]?.name ?? '', reason: answer.reason }],
  );
  return { values: answers.flatMap((answer) => (answer.ok ? [answer.value] : [])), missing };
}

function askRequests(
  places: readonly GatewayPlace[],
  query: ObservedRequestQuery,
): Promise<AllAnswers<ObservedRequests>> {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) asked.set(name, String(value));
  return askAll(places, `${observedPaths.requests}?${asked.toString()}`, observedRequestsSchema);
}

async function listRequests(places: readonly GatewayPlace[], { after, ...query }: RequestQuery): Promise<RequestList> {
  const place = after === undefined ? {} : await placeOf(places, after);
  const { values, missing } =
    // The record is no longer remembered, so it was older than all that are: no page follows it.
    place === null ? { values: [], missing: [] } : await askRequests(places, { ...query, ...place });
  const { data, has_more: hasMore } = mergeRequests(values, query.limit);
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? '',
    last_id: data.at(-1)?.id ?? '',
    has_more: hasMore,
    missing_gateways: missing,
  };
}

/**
 * The end of a page as time and id, which every gateway understands; the record itself is known to one of them only.
 */
async function placeOf(
  places: readonly GatewayPlace[],
  id: string,
): Promise<{ readonly before_at: number; readonly before_id: string } | null> {
  const { values } = await askRequests(places, { id, limit: 1 });
  const [record] = values.flatMap(({ data }) => data);
  return record === undefined ? null : { before_at: record.started_at, before_id: record.id };
}

async function findRequest(places: readonly GatewayPlace[], id: string): Promise<RequestDetail | null> {
  const { values } = await askRequests(places, { id, limit: 1 });
  const [record] = values.flatMap(({ data }) => data);
  if (record === undefined) return null;
  // One request may pass several gateways: each knows its part of the trace.
  const rest = await askRequests(places, { trace_id: record.trace_id, limit: maxObservedRecords });
  const trace = rest.values.flatMap(({ data }) => data).toSorted((a, b) => a.started_at - b.started_at);
  return { ...record, trace, missing_gateways: rest.missing };
}
