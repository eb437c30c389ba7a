import type { ConditionReason, ConditionType, DataService, Load, ServiceStatus, Status } from '@kumiki/api';
import { conditionOf } from '../operate/judge-service.ts';
import { amountSince } from '../operate/load-history.ts';

/** What an operator can do about a problem. */
export type Remedy =
  | { readonly kind: 'logs'; readonly replica: string }
  | { readonly kind: 'service'; readonly service: string }
  | { readonly kind: 'scale'; readonly service: string }
  | { readonly kind: 'failed_requests' };

export type ProblemCode =
  | 'cannot_be_served'
  | 'may_not_be_used'
  | 'no_replica_ready'
  | 'new_revision_fails'
  | 'replica_fails'
  | 'data_service_failed'
  | 'requests_fail'
  | 'queue_grows'
  | 'kv_cache_full';

export interface Problem {
  readonly code: ProblemCode;
  /** `bad`: some requests get no answer. `warn`: it works, but may fail soon or is degraded. */
  readonly tone: 'bad' | 'warn';
  /** What it is about: a service's name, or nothing where it is about all. */
  readonly subject: string;
  readonly values: Readonly<Record<string, number>>;
  /** The product's own sentence. */
  readonly original: string | null;
  readonly remedy: Remedy | null;
}

export type VerdictCode = 'nothing_runs' | 'broken' | 'limited' | 'starting' | 'healthy';

export interface Health {
  readonly verdict: VerdictCode;
  /** Problems that need attention, the worst first. */
  readonly problems: readonly Problem[];
  readonly ready: number;
  readonly desired: number;
  readonly requests: number;
  readonly errors: number;
}

/** Failures and load within this time count. */
const healthSpanMs = 5 * 60_000;
/** A queue that was full for a shorter time was a burst. */
const busySpanMs = 20_000;
/** Fewer failures show only in the chart and the list, as when a client came before a service was ready. */
const fewErrors = 3;
/** From this number and this share of all requests on, failures are a problem. */
const manyErrors = 6;
const manyErrorsShare = 0.05;
const fullCacheShare = 0.95;

/** Whether an installation is healthy, and what to do where it is not. Pure: `points` are ascending. */
export function judgeHealth(status: Status, points: readonly Load[], stepMs: number): Health {
  const { services, data_services } = status;
  const since = (points.at(-1)?.at ?? 0) - healthSpanMs;
  const requests = amountSince(points, stepMs, since, (load) => load.requests_per_second);
  const errors = amountSince(points, stepMs, since, (load) => load.errors_per_second);
  const problems = [
    ...services.flatMap(serviceProblem),
    ...data_services.flatMap(dataServiceProblem),
    ...errorProblem(requests, errors),
    ...services.flatMap((service) => loadProblems(service, points)),
  ].toSorted((a, b) => rank(a) - rank(b));
  const sum = (read: (service: ServiceStatus) => number): number =>
    services.reduce((total, service) => total + read(service), 0);
  return {
    verdict: judgeVerdict(services, data_services, problems),
    problems,
    ready: sum(({ ready }) => ready),
    desired: sum(({ desired }) => desired),
    requests: Math.round(requests),
    errors: Math.round(errors),
  };
}

function judgeVerdict(
  services: readonly ServiceStatus[],
  dataServices: readonly DataService[],
  problems: readonly Problem[],
): VerdictCode {
  if (problems.some(({ tone }) => tone === 'bad')) return 'broken';
  if (services.length === 0) return 'nothing_runs';
  if (problems.length > 0) return 'limited';
  const starting =
    services.some((service) => !holds(service, 'Ready')) || dataServices.some(({ state }) => state === 'starting');
  return starting ? 'starting' : 'healthy';
}

const degradedProblems: Readonly<Record<Exclude<ConditionReason<'Degraded'>, 'AsWanted'>, ProblemCode>> = {
  CannotBeServed: 'cannot_be_served',
  MayNotBeUsed: 'may_not_be_used',
  NewRevisionFails: 'new_revision_fails',
  ReplicaFails: 'replica_fails',
  ModelNameTaken: 'cannot_be_served',
  ImageUnavailable: 'replica_fails',
  VolumeUnavailable: 'replica_fails',
  SecretUnavailable: 'replica_fails',
  ObjectRefused: 'replica_fails',
};

function serviceProblem(service: ServiceStatus): Problem[] {
  const subject = service.manifest.metadata.name;
  const degraded = conditionOf(service, 'Degraded');
  const failed = service.replicas.find(({ phase }) => phase === 'failed');
  const remedy: Remedy =
    failed === undefined ? { kind: 'service', service: subject } : { kind: 'logs', replica: failed.id };
  const original = degraded?.message ?? null;
  if (degraded === undefined || degraded.reason === 'AsWanted') return [];
  const code = degradedProblems[degraded.reason];
  if (code === 'cannot_be_served') return [{ code, tone: 'bad', subject, values: {}, original, remedy }];
  const tone = holds(service, 'Ready') ? 'warn' : 'bad';
  if (code === 'may_not_be_used') return [{ code, tone, subject, values: {}, original, remedy }];
  if (tone === 'bad') {
    return [{ code: 'no_replica_ready', tone, subject, values: { desired: service.desired }, original, remedy }];
  }
  const values = { ready: service.ready, desired: service.desired };
  return [{ code, tone: 'warn', subject, values, original, remedy }];
}

function dataServiceProblem({ name, state, reason }: DataService): Problem[] {
  if (state !== 'failed') return [];
  return [{ code: 'data_service_failed', tone: 'bad', subject: name, values: {}, original: reason, remedy: null }];
}

function errorProblem(requests: number, errors: number): Problem[] {
  const count = Math.round(errors);
  if (count < fewErrors) return [];
  const share = errors / Math.max(requests, errors);
  return [
    {
      code: 'requests_fail',
      tone: count >= manyErrors && share >= manyErrorsShare ? 'bad' : 'warn',
      subject: '',
      values: { count, share },
      original: null,
      remedy: { kind: 'failed_requests' },
    },
  ];
}

/** Lasting problems: a queue or a cache that was full in all of the last seconds. */
function loadProblems(service: ServiceStatus, points: readonly Load[]): Problem[] {
  const subject = service.manifest.metadata.name;
  const newest = points.at(-1)?.at ?? 0;
  const lately = points
    .filter(({ at }) => at >= newest - busySpanMs)
    .map(({ replicas }) => replicas.filter((replica) => replica.service === subject));
  if (lately.length < 3 || lately.some((replicas) => replicas.length === 0)) return [];
  const last = lately.at(-1) ?? [];
  const remedy: Remedy = { kind: 'scale', service: subject };
  const queued = lately.every((replicas) =>
    replicas.every(({ running, waiting, max_running }) => (waiting ?? 0) > 0 && (running ?? 0) >= (max_running ?? 1)),
  );
  if (queued) {
    const waiting = last.reduce((sum, replica) => sum + (replica.waiting ?? 0), 0);
    return [{ code: 'queue_grows', tone: 'warn', subject, values: { waiting }, original: null, remedy }];
  }
  const full = lately.every((replicas) =>
    replicas.every(
      ({ kv_cache, running }) =>
        kv_cache !== null && (running ?? 0) > 0 && kv_cache.used_tokens >= fullCacheShare * kv_cache.total_tokens,
    ),
  );
  return full ? [{ code: 'kv_cache_full', tone: 'warn', subject, values: {}, original: null, remedy }] : [];
}

function holds(service: ServiceStatus, type: ConditionType): boolean {
  return conditionOf(service, type)?.status === 'True';
}

function rank({ tone }: Problem): number {
  return tone === 'bad' ? 0 : 1;
}
