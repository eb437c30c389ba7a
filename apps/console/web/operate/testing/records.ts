import {
  conditionFor,
  type ConditionReason,
  type ConditionType,
  type Load,
  type Replica,
  type ReplicaLoad,
  type RequestRecord,
  type ServiceStatus,
  type Status,
} from '@kumiki/api';

/** What operators look at, as small as it can be, for tests. */

export function request(facts: Partial<RequestRecord> = {}): RequestRecord {
  return {
    object: 'kumiki.request',
    id: 'req_1',
    trace_id: 'trace',
    span_id: 'span',
    parent_span_id: null,
    method: 'POST',
    path: '/v1/chat/completions',
    kind: 'model',
    service: 'chat',
    model: 'chat-model',
    project: 'default',
    key_id: 'key_1',
    stream: true,
    status: 200,
    outcome: 'completed',
    error_code: null,
    started_at: 0,
    first_token_at: null,
    ended_at: 100,
    prompt_tokens: null,
    cached_tokens: null,
    completion_tokens: null,
    replica: null,
    revision: null,
    retries: 0,
    continuations: 0,
    attempts: [],
    ...facts,
  };
}

export function attempt(facts: Partial<RequestRecord['attempts'][number]> = {}): RequestRecord['attempts'][number] {
  return {
    replica: 'chat-1',
    started_at: 0,
    first_byte_at: null,
    ended_at: null,
    outcome: 'completed',
    reason: null,
    failure: null,
    queue_ms: null,
    prefill_ms: null,
    decode_ms: null,
    ...facts,
  };
}

export function replica(facts: Partial<Replica> = {}): Replica {
  return {
    object: 'kumiki.replica',
    id: 'chat-1',
    service: 'chat',
    model: 'chat-model',
    revision: 'r1',
    phase: 'ready',
    reason: '',
    cause: null,
    pid: 1,
    url: null,
    progress: null,
    restarts: 0,
    running: 0,
    waiting: 0,
    rss_bytes: null,
    started_at: 0,
    ...facts,
  };
}

export function replicaLoad(facts: Partial<ReplicaLoad> = {}): ReplicaLoad {
  return {
    id: 'chat-1',
    service: 'chat',
    model: 'chat-model',
    running: 0,
    waiting: 0,
    max_running: 4,
    kv_cache: null,
    tokens_per_second: 0,
    ttft_ms: null,
    itl_ms: null,
    rss_bytes: null,
    ...facts,
  };
}

export function load(facts: Partial<Load> = {}): Load {
  return {
    object: 'kumiki.load',
    at: 0,
    open_requests: 0,
    requests_per_second: 0,
    errors_per_second: 0,
    tokens_per_second: 0,
    ttft_ms: null,
    itl_ms: null,
    replicas: [],
    missing_gateways: [],
    ...facts,
  };
}

/** Reason and message by type. */
type Conditions = { readonly [Type in ConditionType]?: readonly [ConditionReason<Type>, string?] };

export function service(
  facts: Partial<Omit<ServiceStatus, 'conditions' | 'manifest'>> & {
    readonly name?: string;
    readonly engine?: ServiceStatus['manifest']['spec']['engine'];
    readonly conditions?: Conditions;
  } = {},
): ServiceStatus {
  const { name = 'chat', engine, conditions = {}, ...rest } = facts;
  return {
    object: 'kumiki.service',
    manifest: {
      apiVersion: 'kumiki.dev/v1alpha1',
      kind: 'ModelService',
      metadata: { name },
      spec: {
        task: 'chat',
        model: { aliases: [], source: 'demo:chat' },
        engine,
        replicas: rest.desired ?? 1,
        deadlines: { connectMs: 1, firstTokenMs: 1, totalMs: 1 },
        rollout: { startTimeoutMs: 1, drainTimeoutMs: 1 },
      },
    },
    models: ['chat-model'],
    revision: 'r1',
    simulated: false,
    desired: 1,
    ready: 1,
    replicas: [replica()],
    ...rest,
    conditions: [
      conditionFor('Ready', ...(conditions.Ready ?? (['Serving'] as const))),
      conditionFor('Progressing', ...(conditions.Progressing ?? (['Complete'] as const))),
      conditionFor('Degraded', ...(conditions.Degraded ?? (['AsWanted'] as const))),
    ],
  };
}

export function status(facts: Partial<Status> = {}): Status {
  return {
    object: 'kumiki.status',
    version: '1',
    url: 'http://127.0.0.1:8420',
    home: '/home',
    pid: 1,
    started_at: 0,
    services: [service()],
    data_services: [],
    ...facts,
  };
}
