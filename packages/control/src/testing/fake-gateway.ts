import type { RequestRecord } from '@kumiki/api';
import type { Gateways } from '../gateways/gateways.ts';
import { mergeLoads } from '../gateways/merge-answers.ts';

export interface FakeGateway extends Gateways {
  readonly records: RequestRecord[];
  /** When sessions were last used. */
  readonly usedAt: Map<string, number>;
  /** Reports a changed record to the subscribers. */
  moves(record: RequestRecord): void;
  subscribers(): number;
}

/** Stands in for the gateways. */
export function fakeGateway(): FakeGateway {
  const records: RequestRecord[] = [];
  const usedAt = new Map<string, number>();
  const listeners = new Set<(record: RequestRecord) => void>();
  return {
    records,
    usedAt,
    moves(record) {
      for (const listener of listeners) listener(record);
    },
    subscribers: () => listeners.size,
    async list({ key_id: keyId }) {
      const data = records.filter((record) => keyId === undefined || record.key_id === keyId);
      return { object: 'list', data, first_id: '', last_id: '', has_more: false, missing_gateways: [] };
    },
    async find(id) {
      const record = records.find((one) => one.id === id);
      const trace = records.filter(({ trace_id }) => trace_id === record?.trace_id);
      return record === undefined ? null : { ...record, trace, missing_gateways: [] };
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    sessionsLastUsed: async () => ({ usedAt, missing: [] }),
    load: () => mergeLoads([], []),
    stop() {},
  };
}

/** A record of a request for a model. */
export function fakeRecord(change: Partial<RequestRecord> = {}): RequestRecord {
  return {
    object: 'kumiki.request',
    id: 'req_1',
    trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
    span_id: '00f067aa0ba902b7',
    parent_span_id: null,
    method: 'POST',
    path: '/v1/chat/completions',
    kind: 'model',
    service: 'shop',
    model: 'shop',
    project: 'default',
    key_id: 'key_1',
    stream: true,
    status: null,
    outcome: 'open',
    error_code: null,
    started_at: 1_000,
    first_token_at: null,
    ended_at: null,
    prompt_tokens: null,
    cached_tokens: null,
    completion_tokens: null,
    replica: null,
    revision: null,
    retries: 0,
    continuations: 0,
    attempts: [],
    ...change,
  };
}
