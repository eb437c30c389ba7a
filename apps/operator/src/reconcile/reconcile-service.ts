import { randomBytes } from 'node:crypto';
import type { ModelServiceStatus } from '@kumiki/api';
import type { Expectations, KubeClient, ObjectKey, WorkResult } from '@kumiki/kube';
import type { Log } from '@kumiki/service';
import { nameTakenBy } from '../cluster/model-names.ts';
import type { Observed } from '../cluster/observed.ts';
import { type Caches, modelServices, ownedResources } from '../cluster/open-caches.ts';
import type { Installed } from '../objects/worker-image.ts';
import { applyWrites, type ApplyPort } from './apply.ts';
import { statusObject } from './plan-status.ts';
import { plan, type Plan } from './plan.ts';

export interface ReconcileOptions {
  readonly client: KubeClient;
  readonly caches: Caches;
  readonly expectations: Expectations;
  readonly installed: Installed;
  /** Which service has each model name. */
  readonly owners: () => ReadonlyMap<string, string>;
  /** How long gateways have not reached a pod, by its name; empty where none tells. */
  readonly unreachableMs: () => ReadonlyMap<string, number>;
  readonly log: Log;
  /** Conditions that have another reason than the status of the service has. */
  readonly changed: (observed: Observed, conditions: Plan['conditions']) => void;
  readonly wrote: (kind: string) => void;
}

/** Bytes of a worker's token; as many as a key has. */
const tokenBytes = 32;

export interface Reconciler {
  /** One round for a service: observe, plan, apply. @param key `namespace/name`. */
  reconcile(key: string): Promise<WorkResult>;
  forget(key: string): void;
}

export function createReconciler(options: ReconcileOptions): Reconciler {
  const { caches, expectations } = options;
  /** Why the last write of a service was refused. At most one for each service, forgotten with it. */
  const refusals = new Map<string, string>();
  const now = (): string => new Date().toISOString().replace(/\.\d+Z$/, 'Z');

  const round = async (key: string, observed: Observed): Promise<WorkResult> => {
    const planned = plan(observed, options.installed, now());
    const applied = await applyWrites(planned.writes, observed, portOf(key, options));
    if (applied.outcome === 'refused') refusals.set(key, applied.why);
    else if (applied.outcome === 'ok') refusals.delete(key);
    const refusal = refusals.get(key) ?? null;
    const { status, conditions } =
      refusal === observed.refusal ? planned : plan({ ...observed, refusal }, options.installed, now());
    if (!observed.service.deleting) {
      const before = (observed.service.status as Partial<ModelServiceStatus>).conditions ?? [];
      options.changed(
        observed,
        conditions.filter(({ type, reason }) => before.find((one) => one.type === type)?.reason !== reason),
      );
    }
    const written = status === null ? null : await writeStatus(key, observed, status, options);
    if (applied.outcome === 'failed') return { outcome: 'failed', retryAfterMs: applied.retryAfterMs };
    return applied.outcome === 'refused' || written === false ? { outcome: 'failed' } : { outcome: 'done' };
  };
  return {
    async reconcile(key) {
      if (!expectations.met(key)) return { outcome: 'done' };
      const observed = observe(key, options, refusals.get(key) ?? null);
      if (observed !== null) return round(key, observed);
      return { outcome: 'done' };
    },
    forget(key) {
      refusals.delete(key);
      expectations.forget(key);
    },
  };

  function portOf(key: string, { client, log }: ReconcileOptions): ApplyPort {
    return {
      client,
      resources: ownedResources,
      newToken: () => randomBytes(tokenBytes).toString('base64url'),
      wrote(kind, reply) {
        options.wrote(kind);
        expectations.expect(key, caches.cacheOf(kind), keyOf(reply.metadata), reply);
      },
      removed({ kind, namespace, name, uid }) {
        options.wrote(kind);
        expectations.expectGone(key, caches.cacheOf(kind), { namespace, name }, uid);
      },
      note(write, failure) {
        const what = { service: key, write: write.kind, reason: write.reason, ...describe(write) };
        if (failure === null) log.info(what, 'wrote');
        else log.warn({ ...what, outcome: failure.outcome, why: failure.message }, 'could not write');
      },
    };
  }
}

function keyOf({ namespace = '', name }: { readonly namespace?: string; readonly name: string }): ObjectKey {
  return { namespace, name };
}

/** What a log line says of a write; never what an object holds. */
function describe(write: Plan['writes'][number]): object {
  if (write.kind === 'apply') return { kind: write.object.kind, name: write.object.metadata.name };
  if (write.kind === 'remove') return { kind: write.object.kind, name: write.object.name };
  return write.kind === 'scale' ? { name: write.name, size: write.size } : {};
}

/** What the caches show of a service; null where there is none, or none that can be read. */
function observe(
  key: string,
  { caches, owners, unreachableMs, log }: ReconcileOptions,
  refusal: string | null,
): Observed | null {
  const slash = key.indexOf('/');
  const kept = caches.services.get({ namespace: key.slice(0, slash), name: key.slice(slash + 1) });
  if (kept === null) return null;
  if (!kept.ok) {
    log.warn({ service: key, problem: kept.problem }, 'a ModelService cannot be read');
    return null;
  }
  return {
    service: kept.service,
    deployments: caches.deploymentsOf.of(key),
    beside: caches.besideOf.flatMap((index) => index.of(key)),
    pods: caches.podsOf.of(key),
    nodes: caches.nodes.list(),
    nameTakenBy: nameTakenBy(kept.service, owners()),
    unreachableMs: unreachableMs(),
    refusal,
  };
}

async function writeStatus(
  key: string,
  observed: Observed,
  status: Readonly<Record<string, unknown>>,
  { client, expectations, caches, log, wrote }: ReconcileOptions,
): Promise<boolean> {
  const result = await client.patchStatus(modelServices, statusObject(observed, status));
  if (result.outcome === 'ok') {
    wrote('ModelService');
    expectations.expect(key, caches.services, keyOf(result.value.metadata), result.value);
    return true;
  }
  // It was deleted meanwhile.
  if (result.outcome === 'not_found') return true;
  log.warn({ service: key, outcome: result.outcome, why: result.message }, 'could not write the status');
  return false;
}
