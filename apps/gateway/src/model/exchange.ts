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

/** One client's request for a model, from its admission to its end, however many replicas it takes. */
export interface Exchange {
  readonly id: string;
  readonly response: ServerResponse;
  readonly path: ModelPath;
  readonly key: KeyRecord;
  readonly route: Route;
  readonly scanned: ScannedRequest;
  /** As the client sent it, with the model's canonical name. Kept to the end, since it may have to be sent again. */
  readonly body: Buffer;
  readonly traceparent: string;
  /** Gives way to everything else. */
  readonly lowPriority: boolean;
  /** The reader is a service that keeps the answer with its token ids. */
  readonly showTokens: boolean;
  /** What a service has of the answer already. */
  readonly resume: Resume | null;
  readonly admission: Admission;
  readonly revocation: Revocation;
  readonly metrics: ModelMetrics;
  /** What is remembered of it. Never content. */
  readonly record: RequestRecord;
  /** Monotonic milliseconds. */
  readonly startedAt: number;
  /** Hash of the conversation's beginning; null when it is too short to matter. */
  readonly affinity: number | null;
  /** Replicas that failed this request since it last made progress. */
  readonly failed: Set<string>;
  /** Endpoints that would refuse it again, however long it waits. */
  readonly closed: Set<string>;
  /** Claims that were lost in a row: replicas that ended or fell silent over it, as far as anybody knows. */
  claims: ClaimHistory;
  /** A kept connection was closed under it once, as idle ones are. */
  excused: boolean;
  /** What it costs though nothing came of it: all that was reserved, its prompt, or what was used. */
  charge: 'reserved' | 'prompt' | 'used';
  attempts: number;
  attemptsWithoutProgress: number;
  continuations: number;
  /** Attempts at going on with the answer that gave another one. */
  divergences: number;
  /** Events sent to the client; for a server without usage, what comes nearest to tokens. */
  eventsSent: number;
  /** Monotonic milliseconds of the first token sent; 0 before. */
  firstTokenAt: number;
  promptTokens: number | null;
  completionTokens: number | null;
  replica: EndpointState | null;
  clientLeft: boolean;
}
