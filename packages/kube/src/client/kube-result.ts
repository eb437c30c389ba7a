/** What became of a request, as one word. */
export type FailureOutcome =
  /** 404. */
  | 'not_found'
  /** 409: an object of that name exists. */
  | 'exists'
  /** 409: another field manager owns a field, or the object has changed since it was read. */
  | 'conflict'
  /** 410: the version or the page is no longer available; list again. */
  | 'gone'
  /** 400 and 422: the API server or an admission webhook refuses the object. */
  | 'invalid'
  /** 401, also after the credentials were loaded again. */
  | 'unauthorized'
  /** 403: rights, quotas, Pod Security, a namespace that is being deleted. */
  | 'forbidden'
  /** 429, after all retries. */
  | 'throttled'
  /** 5xx, or no reply: refused, reset, timed out. Whether a write took effect is unknown unless `sent` is false. */
  | 'unavailable'
  /** A body beyond its limit. */
  | 'too_large'
  /** The lease that this write depends on is not held: nothing was sent. */
  | 'fenced'
  /** The caller's signal. */
  | 'aborted'
  /** Any other status. */
  | 'rejected';

/** A field that another manager owns. */
export interface FieldConflict {
  /** Such as `kubectl-client-side-apply`; empty where the server does not say. */
  readonly manager: string;
  /** Such as `.spec.replicas`. */
  readonly field: string;
}

export interface KubeFailure {
  readonly outcome: FailureOutcome;
  /** Of HTTP; null where no reply was read. */
  readonly status: number | null;
  /** `reason` of the server's Status, such as `AlreadyExists`; empty where there is none. */
  readonly reason: string;
  /** For people. */
  readonly message: string;
  /** The server's `Retry-After`, bounded. */
  readonly retryAfterMs: number | null;
  /** Which fields a server-side apply did not take, and whose they are. */
  readonly conflicts: readonly FieldConflict[];
  /** Whether any byte of the request may have reached the server. */
  readonly sent: boolean;
}

export interface KubeSuccess<Value> {
  readonly outcome: 'ok';
  readonly value: Value;
}

export type KubeResult<Value> = KubeSuccess<Value> | KubeFailure;

/** What `requireOk` throws. */
export class KubeError extends Error {
  readonly failure: KubeFailure;

  constructor(what: string, failure: KubeFailure) {
    super(`${what}: ${failure.outcome}: ${failure.message}`);
    this.name = 'KubeError';
    this.failure = failure;
  }
}

/** The value of a result; throws KubeError for a failure, for callers that have no other way than to try again. */
export function requireOk<Value>(what: string, result: KubeResult<Value>): Value {
  if (result.outcome === 'ok') return result.value;
  throw new KubeError(what, result);
}

/** A failure of this side, before or instead of a reply. */
export function localFailure(outcome: FailureOutcome, message: string, sent: boolean): KubeFailure {
  return { outcome, status: null, reason: '', message, retryAfterMs: null, conflicts: [], sent };
}

export function fencedFailure(): KubeFailure {
  return localFailure('fenced', 'the lease that this write depends on is not held', false);
}
