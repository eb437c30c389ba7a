import type { RequestRecord } from '@kumiki/api';
import { replicaOf } from '../operate/endpoint-name.ts';
import { concernOf, durationOf, outcomeOf, tokensPerSecondOf, ttftOf } from './request-facts.ts';

export interface RequestFilter {
  /** In ids, replica, key, project or error code. */
  readonly text: string;
  readonly model: string;
  readonly outcome: string;
  readonly path: string;
  /** Shorter ones are left out; 0 keeps all. */
  readonly minMs: number;
}

export const sortKeys = ['time', 'ttft', 'duration', 'tokens', 'rate'] as const;
export type SortKey = (typeof sortKeys)[number];

export interface RequestOrder {
  readonly key: SortKey;
  readonly ascending: boolean;
  readonly problemsFirst: boolean;
}

export function filterRequests(
  requests: readonly RequestRecord[],
  filter: RequestFilter,
  now: number,
): readonly RequestRecord[] {
  const text = filter.text.trim().normalize('NFKC').toLowerCase();
  return requests.filter(
    (one) =>
      (filter.model === '' || one.model === filter.model) &&
      (filter.outcome === '' || outcomeOf(one) === filter.outcome) &&
      (filter.path === '' || one.path === filter.path || one.path.startsWith(`${filter.path}/`)) &&
      (filter.minMs === 0 || durationOf(one, now) >= filter.minMs) &&
      (text === '' || wordsOf(one).some((word) => word?.toLowerCase().includes(text) === true)),
  );
}

function wordsOf(one: RequestRecord): readonly (string | null)[] {
  const { id, trace_id, span_id, key_id, project, error_code, replica } = one;
  return [id, trace_id, span_id, key_id, project, error_code, replica === null ? null : replicaOf(replica)];
}

/** `requests` come newest first, and stay so among equals. */
export function sortRequests(
  requests: readonly RequestRecord[],
  { key, ascending, problemsFirst }: RequestOrder,
  now: number,
): readonly RequestRecord[] {
  if (key === 'time' && !ascending && !problemsFirst) return requests;
  const sign = ascending ? 1 : -1;
  const valueOf = valueBy[key];
  return requests.toSorted((a, b) => {
    const concern = problemsFirst ? concernOf(a) - concernOf(b) : 0;
    if (concern !== 0) return concern;
    const [left, right] = [valueOf(a, now), valueOf(b, now)];
    // What has no value is last, whichever way the others stand.
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * (left - right);
  });
}

const valueBy: Readonly<Record<SortKey, (one: RequestRecord, now: number) => number | null>> = {
  time: ({ started_at }) => started_at,
  ttft: ttftOf,
  duration: durationOf,
  tokens: ({ completion_tokens }) => completion_tokens,
  rate: tokensPerSecondOf,
};

/** What there is to choose from, each once, by name. */
export function choicesOf(
  requests: readonly RequestRecord[],
  read: (one: RequestRecord) => string | null,
): readonly string[] {
  return [...new Set(requests.flatMap((one) => read(one) ?? []))].toSorted();
}

/** The path without the ids in it, for choosing: `/v1/vector_stores/vs_1/search` is one of `/v1/vector_stores`. */
export function areaOf(path: string): string {
  const parts = path.split('/').slice(0, path.startsWith('/v1/kumiki/') ? 4 : 3);
  return path.startsWith('/v1/chat/') ? '/v1/chat/completions' : parts.join('/');
}
