import type { Deadlines, Task } from '../kinds/model-service.ts';
import type { EgressPolicy } from './egress.ts';

/**
 * What a gateway knows of the world: snapshots, pushed whole by whoever owns the truth (the local runtime, the
 * operator). A gateway holds the last one and goes on serving when its owner is down.
 */
export interface RouteTable {
  readonly models: readonly ModelRoute[];
  /** Other services behind the same URL, by the longest prefix of whole path segments. */
  readonly backends: readonly BackendRoute[];
  /** Which servers outside may be dialled; as for a new installation where nothing is said. */
  readonly egress?: EgressPolicy | undefined;
}

export interface ModelRoute {
  /** The canonical name, then the other names that clients may use. */
  readonly model: string;
  readonly aliases: readonly string[];
  readonly task: Task;
  /** Name of the ModelService that serves it. */
  readonly service: string;
  /** Unix seconds; shown by `/v1/models`. */
  readonly created: number;
  readonly deadlines: Deadlines;
  readonly endpoints: readonly Endpoint[];
}

/** How an endpoint can go on with an answer that another one began. */
export type ContinuationMode = 'token-ids' | 'prefill' | 'replay' | 'none';

export interface Endpoint {
  /** Unique and stable as long as the process or server behind it is the same. */
  readonly id: string;
  /** Origin and base path before `/v1`, for example `http://127.0.0.1:40123`. */
  readonly url: string;
  /** `outside` is a server that the installation does not run: it is dialled as the egress policy allows. */
  readonly egress: 'internal' | 'outside';
  /** Value of the `authorization` header that the endpoint demands. Secret: never logged, never shown. */
  readonly authorization: string | null;
  /** The name that the endpoint knows the model by; null when it takes ours. */
  readonly upstreamModel: string | null;
  readonly revision: string;
  /** `draining` endpoints finish what they have and get nothing new. */
  readonly state: 'ready' | 'draining';
  readonly continuation: ContinuationMode;
  /** Requests that it takes at once, those in its queue included. */
  readonly maxInFlight: number;
  /** Those of them that it works on at once, while the others wait; absent where that is not known. */
  readonly maxRunning?: number | undefined;
  /** Whether `GET /health` on it tells of progress, so that a probe may eject it. */
  readonly healthProbe: boolean;
  /** Origin that answers `GET /health` where it is not that of {@link url}: a thread that no request holds up. */
  readonly healthUrl?: string | undefined;
}

export interface BackendRoute {
  /** Name of the service, as people know it; absent where nobody named it. */
  readonly service?: string | undefined;
  /** Whole path segments, for example `/v1/files`: that path and everything below it; `/` is all that nobody else has. */
  readonly prefix: string;
  /** The only methods that it answers; all when absent. Routes of one prefix are told apart by them. */
  readonly methods?: readonly string[] | undefined;
  /** Replicas, any of which can answer; none while the service starts. */
  readonly urls: readonly string[];
  readonly authorization: string | null;
  /** The role that a key needs; with `any` every key will do. With null it is public, and hears nothing of its caller. */
  readonly role: Role | 'any' | null;
}

/** What a key that somebody makes may be allowed. */
export const grantableRoles = ['inference', 'admin'] as const;

/**
 * `service` is for services of the installation itself, and stands in snapshots alone: such a key has no rights of its
 * own and acts for the key that it names in `x-kumiki-act-for`.
 */
export const roles = [...grantableRoles, 'service'] as const;
export type Role = (typeof roles)[number];

/** One API key as a gateway holds it: never the key itself. */
export interface KeyRecord {
  readonly id: string;
  readonly name: string;
  readonly project: string;
  /** HMAC-SHA-256 of the whole key under the installation's pepper; 64 hex digits. */
  readonly hash: string;
  readonly roles: readonly Role[];
  /** Models that it may use; null allows all. */
  readonly models: readonly string[] | null;
  /** Of a service: rows of the table of paths, such as `GET /v1/models`, that it may ask for; all where absent. */
  readonly paths?: readonly string[] | undefined;
  readonly limits: KeyLimits;
  /** Unix seconds; null never expires. */
  readonly expiresAt: number | null;
}

/** null means no limit of that kind. */
export interface KeyLimits {
  readonly requestsPerMinute: number | null;
  readonly tokensPerMinute: number | null;
  readonly maxConcurrent: number | null;
}
