import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { ModelRoute, RouteTable } from '@kumiki/api';
import { type ModelCluster, startModelCluster } from '@kumiki/kube/testing';
import { createLog } from '@kumiki/service';
import { createSnapshotHealth, type SnapshotHealth } from '../../snapshot/snapshot-health.ts';
import { type DiscoveredRoutes, followCluster, type FollowClusterOptions } from '../follow-cluster.ts';
import { modelServiceObject, namespace, podObject, tokenSecretObject } from './cluster-objects.ts';

/** What other ways tell in these tests. */
export const base: RouteTable = {
  models: [],
  backends: [{ prefix: '/v1/files', urls: ['http://127.0.0.1:1'], authorization: null, role: 'inference' }],
};

export interface TestCluster {
  readonly model: ModelCluster;
  readonly keptFile: string;
  readonly health: SnapshotHealth;
  /** A service with the Secret of its token and these pods. */
  serve(service: string, ...pods: readonly string[]): void;
  follow(change?: Partial<FollowClusterOptions>): Promise<FollowedCluster>;
}

export interface FollowedCluster {
  readonly routes: DiscoveredRoutes;
  /** Every table that its listeners got. */
  readonly told: RouteTable[];
  model(name: string): ModelRoute | undefined;
  /** `id state` of the endpoints of a model; null without a route to it. */
  endpoints(name: string): string[] | null;
}

export async function startTestCluster(context: TestContext, random = Math.random): Promise<TestCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'kumiki-discovery-'));
  const model = await startModelCluster(random);
  const closing: DiscoveredRoutes[] = [];
  context.after(async () => {
    for (const routes of closing) routes.close();
    await model.close();
    // A write of the kept file may still be under way.
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const keptFile = join(folder, 'routes.json');
  const health = createSnapshotHealth(() => performance.now(), 0);
  return {
    model,
    keptFile,
    health,
    serve(service, ...pods) {
      model.of('modelservices').putObject(modelServiceObject(service));
      model.of('secrets').putObject(tokenSecretObject(service));
      for (const pod of pods) model.of('pods').putObject(podObject(pod, service));
    },
    async follow(change = {}) {
      const routes = await followCluster({
        access: model.access,
        namespaces: [namespace],
        keptFile,
        base,
        health,
        log: createLog({ service: 'test', level: 'silent' }),
        backoff: { baseMs: 5, maxMs: 50 },
        ...change,
      });
      closing.push(routes);
      const told: RouteTable[] = [];
      routes.listen((table) => told.push(table));
      const find = (name: string) => routes.current().models.find((route) => route.model === name);
      return {
        routes,
        told,
        model: find,
        endpoints: (name) =>
          find(name)
            ?.endpoints.map(({ id, state }) => `${id} ${state}`)
            .toSorted() ?? null,
      };
    },
  };
}
