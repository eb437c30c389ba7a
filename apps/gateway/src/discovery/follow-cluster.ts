import { KumikiError, type ModelRoute, type RouteTable } from '@kumiki/api';
import { type BackoffPolicy, createKubeClient, type KubeAccess } from '@kumiki/kube';
import { buildClusterRoutes } from '@kumiki/policy';
import type { Log } from '@kumiki/service';
import type { SnapshotHealth } from '../snapshot/snapshot-health.ts';
import { type ClusterCaches, openClusterCaches } from './cluster-caches.ts';
import { type ClusterKnowledge, createClusterKnowledge } from './cluster-knowledge.ts';
import { type KeptRoutes, openKeptRoutes } from './kept-routes.ts';
import { mergeCalls } from './merge-calls.ts';

/** A gateway that has nothing to start with waits no longer for the API server; then its process ends, to be started again. */
const firstWaitMs = 60_000;
/** How long the first table waits for Secrets and workers that do not answer. */
const firstAnswersMs = 5_000;
/** Least time between two tables: each goes through all endpoints. */
const replaceEveryMs = 50;

export interface FollowClusterOptions {
  readonly access: KubeAccess;
  /** The namespaces that are watched; all of them when empty. */
  readonly namespaces: readonly string[];
  readonly keptFile: string;
  /** What comes by other ways: backends, the egress policy, and models besides. */
  readonly base: RouteTable;
  readonly health: SnapshotHealth;
  readonly log: Log;
  readonly relistPodsMs?: number;
  readonly backoff?: BackoffPolicy;
  readonly firstWaitMs?: number;
}

/** The routes of a gateway that sees its cluster by itself. */
export interface DiscoveredRoutes {
  current(): RouteTable;
  listen(listener: (table: RouteTable) => void): void;
  replaceBase(base: RouteTable): void;
  close(): void;
}

/**
 * Follows ModelServices and pods. It starts with the routes that an earlier process kept. Without any it waits for the API
 * server. Throws KumikiError `service_unavailable` when it does not answer in time. An API server that is away changes nothing:
 * what was seen last stays in force.
 */
export async function followCluster(options: FollowClusterOptions): Promise<DiscoveredRoutes> {
  const { namespaces, log } = options;
  const client = createKubeClient({
    access: options.access,
    fieldManager: 'kumiki-gateway',
    userAgent: 'kumiki-gateway',
    ...(options.backoff === undefined ? {} : { backoff: options.backoff }),
  });
  const kept = openKeptRoutes(options.keptFile, log);
  const before = kept.read();
  const home = namespaces.length === 1 ? (namespaces[0] ?? null) : null;
  const troubles = createTroubles(log);
  const caches = openClusterCaches({
    client,
    namespaces,
    home,
    onTrouble: troubles.note,
    ...(options.relistPodsMs === undefined ? {} : { relistPodsMs: options.relistPodsMs }),
    ...(options.backoff === undefined ? {} : { backoff: options.backoff }),
  });
  const knowledge = createClusterKnowledge(client, home, before ?? [], () => updates.want());
  const tables = createTables({ ...options, kept, before, caches, knowledge, home });
  const updates = mergeCalls(tables.update, replaceEveryMs);
  caches.onChange(updates.want);
  caches.onProgress(() => {
    troubles.over();
    tables.noteAge();
  });
  caches.start();
  const waits = waitForCaches(caches, tables, updates.want);
  const close = (): void => {
    clearTimeout(waits.timer);
    updates.stop();
    void Promise.all([caches.stop(), knowledge.stop()]).then(client.close);
  };
  if (!(await isBegun(tables.first, options.firstWaitMs ?? firstWaitMs))) {
    close();
    throw new KumikiError('service_unavailable', {
      reason: 'The API server of the cluster has not told what there is, and nothing is kept of before',
    });
  }
  return {
    current: tables.current,
    listen: tables.listen,
    replaceBase(next) {
      tables.replaceBase(next);
      updates.want();
    },
    close,
  };
}

/** Lets the first table be made once everything is listed and asked, or has been for long enough. */
function waitForCaches(caches: ClusterCaches, tables: Tables, want: () => void): { timer: NodeJS.Timeout | undefined } {
  const waits: { timer: NodeJS.Timeout | undefined } = { timer: undefined };
  void caches.whenSynced().then((isSynced) => {
    if (!isSynced) return;
    tables.begin();
    want();
    waits.timer = setTimeout(() => {
      tables.waitNoLonger();
      want();
    }, firstAnswersMs).unref();
  });
  return waits;
}

async function isBegun(first: Promise<void>, limitMs: number): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), limitMs);
  const begun = await Promise.race([first.then(() => true), late]);
  clearTimeout(timer);
  return begun;
}

interface TablesOptions extends Pick<FollowClusterOptions, 'base' | 'health' | 'log'> {
  readonly kept: KeptRoutes;
  readonly before: readonly ModelRoute[] | null;
  readonly caches: ClusterCaches;
  readonly knowledge: ClusterKnowledge;
  readonly home: string | null;
}

type Tables = ReturnType<typeof createTables>;

/** Holds the table in force, and makes the next one. */
function createTables({ health, log, kept, before, caches, knowledge, home, base: initial }: TablesOptions) {
  const first = Promise.withResolvers<void>();
  const listeners = new Set<(table: RouteTable) => void>();
  let base = initial;
  let models: readonly ModelRoute[] = before ?? [];
  let text = JSON.stringify(models);
  let table = withModels(base, models);
  let isSynced = false;
  let isComplete = false;
  let unreadable = '';
  const tell = (next: RouteTable): void => {
    table = next;
    for (const listener of listeners) listener(table);
  };
  if (before !== null) {
    // Its true age is unknown, so it is counted from now on.
    health.read('cluster');
    first.resolve();
  }
  const noteUnreadable = (): void => {
    const all = [...caches.unreadable()];
    const now = all.map(([service]) => service).join();
    if (now !== unreadable && all.length > 0) {
      log.warn(
        { services: Object.fromEntries(all.slice(0, 8)) },
        'ModelServices that cannot be read are not routed to',
      );
    }
    unreadable = now;
  };
  return {
    first: first.promise,
    current: () => table,
    listen(listener: (table: RouteTable) => void) {
      listeners.add(listener);
    },
    noteAge() {
      const ageMs = caches.age();
      if (Number.isFinite(ageMs)) health.read('cluster', ageMs);
    },
    begin: () => void (isSynced = true),
    waitNoLonger: () => void (isComplete = true),
    replaceBase(next: RouteTable) {
      base = next;
      if (!isComplete) tell(withModels(base, models));
    },
    update() {
      if (!isSynced) return;
      const view = caches.view();
      knowledge.follow(view);
      isComplete ||= knowledge.unasked() === 0;
      if (!isComplete) return;
      noteUnreadable();
      const next = buildClusterRoutes(view, base, { ...knowledge, home }, knowledge.outside(base));
      const found = next.models.slice(base.models.length);
      const nextText = JSON.stringify(found);
      const isSame = nextText === text && table.backends === base.backends && table.egress === next.egress;
      if (!isSame) tell(next);
      if (nextText !== text) {
        text = nextText;
        models = found;
        kept.write(found);
      }
      first.resolve();
    },
  };
}

/** Routes of before, beside those that come by other ways. */
function withModels(base: RouteTable, models: readonly ModelRoute[]): RouteTable {
  const taken = new Set(base.models.map(({ model }) => model));
  return { ...base, models: [...base.models, ...models.filter(({ model }) => !taken.has(model))] };
}

/** Tells once of an API server that cannot be asked, and once when it can be again. */
function createTroubles(log: Log) {
  let isTold = false;
  return {
    note(resource: string, message: string): void {
      if (!isTold)
        log.warn({ resource, why: message }, 'the cluster cannot be followed: what was seen last stays in force');
      isTold = true;
    },
    over(): void {
      if (isTold) log.info('the cluster is followed again');
      isTold = false;
    },
  };
}
