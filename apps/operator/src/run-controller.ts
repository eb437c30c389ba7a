import { createExpectations, createWorkQueue, type KubeClient } from '@kumiki/kube';
import type { Log } from '@kumiki/service';
import { keyOfService, namesOf, ownersOfNames } from './cluster/model-names.ts';
import { type Caches, openCaches } from './cluster/open-caches.ts';
import type { Installed } from './objects/worker-image.ts';
import { createReconciler, type ReconcileOptions } from './reconcile/reconcile-service.ts';

/** Services in work at once. Each waits for the API server most of the time. */
const concurrency = 8;

export interface ControllerOptions {
  readonly client: KubeClient;
  /** Writes of this client are refused while another operator acts. */
  readonly writer: KubeClient;
  /** null for all namespaces. */
  readonly namespace: string | null;
  readonly installed: Installed;
  /** Whether this process acts. */
  readonly acts: () => boolean;
  readonly log: Log;
  readonly changed: ReconcileOptions['changed'];
  readonly wrote: (kind: string) => void;
  readonly reconciled: (seconds: number, outcome: string) => void;
}

export interface Controller {
  readonly caches: Caches;
  /** Everything is looked at again: this process has begun to act. */
  all(): void;
  queued(): number;
  stop(): Promise<void>;
}

/** Follows ModelServices and what belongs to them, and works on each that has changed. */
export function runController(options: ControllerOptions): Controller {
  const { client, writer, log } = options;
  const caches = openCaches(client, options.namespace, (resource, message) =>
    log.warn({ resource, why: message }, 'what Kubernetes tells is not followed for now'),
  );
  const expectations = createExpectations();
  let owners: ReadonlyMap<string, string> | null = null;
  const services = () => caches.services.list().flatMap((kept) => (kept.ok ? [kept.service] : []));
  const reconciler = createReconciler({
    client: writer,
    caches,
    expectations,
    installed: options.installed,
    owners: () => (owners ??= ownersOfNames(services())),
    unreachableMs: () => new Map(),
    log,
    changed: options.changed,
    wrote: options.wrote,
  });
  const isSynced = (): boolean => caches.all().every((cache) => cache.synced());
  const queue = createWorkQueue({
    concurrency,
    async handle(key) {
      if (!options.acts() || !isSynced()) return { outcome: 'done' };
      const startedAt = performance.now();
      const result = await reconciler.reconcile(key);
      options.reconciled((performance.now() - startedAt) / 1_000, result.outcome);
      return result;
    },
    onError: (key, error) => log.error({ err: error, service: key }, 'a round for a service failed'),
  });
  const all = (): void => {
    for (const service of services()) queue.add(keyOfService(service));
  };
  followChanges(caches, (key) => queue.add(key), {
    namesChanged(names) {
      owners = null;
      for (const service of services()) {
        if (namesOf(service).some((name) => names.has(name))) queue.add(keyOfService(service));
      }
    },
    forget: (key) => reconciler.forget(key),
  });
  expectations.onMet((key) => queue.add(key));
  for (const cache of caches.all()) cache.start();
  void Promise.all(caches.all().map((cache) => cache.whenSynced())).then(all);
  return {
    caches,
    all,
    queued: () => queue.sizes().ready + queue.sizes().running,
    async stop() {
      await queue.stop();
      await Promise.all(caches.all().map((cache) => cache.stop()));
      expectations.close();
    },
  };
}

/** Adds the service of everything that changes. */
function followChanges(
  caches: Caches,
  add: (key: string) => void,
  on: { readonly namesChanged: (names: ReadonlySet<string>) => void; readonly forget: (key: string) => void },
): void {
  caches.services.onChange((change) => {
    const { key, kept } = change.entry;
    const name = `${key.namespace}/${key.name}`;
    const namesIn = (one: typeof kept | null): string[] => (one?.ok === true ? namesOf(one.service) : []);
    const before = namesIn(change.kind === 'changed' ? change.before.kept : null);
    const after = change.kind === 'removed' ? [] : namesIn(kept);
    if (change.kind === 'removed') {
      on.forget(name);
      on.namesChanged(new Set(namesIn(kept)));
    } else if (before.join() !== after.join()) on.namesChanged(new Set([...before, ...after]));
    add(name);
  });
  const addOwner = (namespace: string, service: string): void => {
    if (service !== '') add(`${namespace}/${service}`);
  };
  caches.pods.onChange(({ entry: { key, kept } }) => addOwner(key.namespace, kept.service));
  caches.deployments.onChange(({ entry: { key, kept } }) => addOwner(key.namespace, kept.service));
  for (const cache of Object.values(caches.beside)) {
    cache.onChange(({ entry: { key, kept } }) => addOwner(key.namespace, kept.service));
  }
  caches.nodes.onChange(() => {
    for (const { key, kept } of caches.pods.entries()) {
      if (kept.unschedulable !== null) add(`${key.namespace}/${kept.service}`);
    }
  });
}
