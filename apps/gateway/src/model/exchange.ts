import type { ServerResponse } from 'node:http';
import type { KeyRecord, RequestRecord, Resume } from '@kumiki/api';
import type { ClaimHistory } from '@kumiki/policy';
import type { ScannedRequest } from '../body/scan-request.ts';
import type { Revocation } from '../keys/revocation.ts';
import type { Admission } from '../limits/key-limiter.ts';
import type { ModelMetrics } from '../metrics/gateway-metrics.ts';
import type { EndpointState } from '../routing/endpoint-state.ts';
import type { Route } from '../routing/route-index.ts';

/** The paths that go to models. */
export type ModelPath = '/v1/chat/completions' | '/v1/completions' | '/v1/embeddings';

/**
 * A client's request for a model, from its admission to its end, at however many replicas.
 *
 *   admitted ──▶ choosing ──a replica has room──▶ trying ──its reply is whole──▶ done
 *                 │    ▲                          │  │
 *                 │    │                          │  └──the replica refuses the request──▶ refused
 *                 │    │                          │
 *                 │    │                      the attempt fails
 *                 │    │                          ▼
 *                 │    └──again: nothing was────judged ──given up, or it ended too many replicas──▶ failed
 *                 │       sent; continue:
 *                 │       part of it was
 *                 │
 *                 └──no replica has room in time──▶ failed
 *
 * Before any of these ends the client may leave (left), or its key or session be revoked (cut). Every end settles the
 * limits of the key.
 */
export interface Exchange {
  readonly request: ModelRequest;
  readonly progress: Progress;
  readonly response: ServerResponse;
  readonly admission: Admission;
  readonly revocation: Revocation;
  readonly metrics: ModelMetrics;
  /** Its record in the log of requests. Never content. */
  readonly record: RequestRecord;
}

/** What is asked. Frozen. */
export interface ModelRequest {
  readonly id: string;
  readonly path: ModelPath;
  readonly key: KeyRecord;
  readonly route: Route;
  readonly scanned: ScannedRequest;
  /** As the client sent it, with the model's canonical name. Kept to the end, since it may have to be sent again. */
  readonly body: Buffer;
  readonly traceparent: string;
  /** Yields to all other requests. */
  readonly lowPriority: boolean;
  /** The reader is a service that keeps the answer with its token ids. */
  readonly showTokens: boolean;
  /** The part of the answer that a service already has. */
  readonly resume: Resume | null;
  /** Monotonic milliseconds. */
  readonly startedAt: number;
  /** Hash of the conversation's beginning; null when it is too short to matter. */
  readonly affinity: number | null;
}

/** How far it is. */
export interface Progress {
  /** Replicas that failed this request since it last made progress. */
  readonly failed: Set<string>;
  /** Endpoints that would fail it the same way, however long it waits. */
  readonly closed: Set<string>;
  /** Consecutive lost claims: replicas that ended or hung, probably because of this request. */
  claims: ClaimHistory;
  /** A kept connection was closed under it once, as idle ones are. */
  excused: boolean;
  attempts: number;
  attemptsWithoutProgress: number;
  /** Attempts that found their replica busy. */
  busy: number;
  continuations: number;
  /** Attempts to continue the answer that produced another answer. */
  divergences: number;
  /** Events sent to the client; the best estimate of tokens for a server that reports no usage. */
  eventsSent: number;
  /** Monotonic milliseconds of the first token sent; 0 before. */
  firstTokenAt: number;
  promptTokens: number | null;
  completionTokens: number | null;
  /** Of the last attempt. */
  replica: EndpointState | null;
  clientLeft: boolean;
  /** What it costs its key although it failed: all that was reserved, its prompt, or what was used. */
  charge: 'reserved' | 'prompt' | 'used';
}

export function createProgress(): Progress {
  return {
    failed: new Set(),
    closed: new Set(),
    claims: { lost: 0, shared: 0 },
    excused: false,
    attempts: 0,
    attemptsWithoutProgress: 0,
    busy: 0,
    continuations: 0,
    divergences: 0,
    eventsSent: 0,
    firstTokenAt: 0,
    promptTokens: null,
    completionTokens: null,
    replica: null,
    clientLeft: false,
    charge: 'used',
  };
}
