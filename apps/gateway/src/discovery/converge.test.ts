import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelRoute } from '@kumiki/api';
import type { ModelCluster } from '@kumiki/kube/testing';
import { buildClusterRoutes, type RoutedService } from '@kumiki/policy';
import { seededRandom, until } from '@kumiki/testing';
import { readRoutedPod, readRoutedService } from './read-objects.ts';
import { gatewayRights } from './rights.ts';
import { modelServiceObject, podObject, tokenSecretObject } from './testing/cluster-objects.ts';
import { base, startTestCluster } from './testing/followed-cluster.ts';

/** A table is at rest within milliseconds; a busy machine takes longer. */
const restMs = 20_000;
const names = ['a', 'b', 'c', 'd'];

/** What the server's objects come to by the pure function. */
function wantedModels(model: ModelCluster): string {
  const services = model
    .of('modelservices')
    .all()
    .flatMap((object): RoutedService[] => {
      const read = readRoutedService(object, 'test');
      return read.ok ? [read.service] : [];
    });
  const pods = model.of('pods').all().map(readRoutedPod);
  const knowledge = { home: 'test', tokenOf: (key: string) => `token-of-${key.split('/')[1]}`, loadOf: () => null };
  const outside = {
    egress: () => ({ mode: 'public' as const, allow: [], own: [] }),
    refusalOf: () => null,
    authorizationFor: () => null,
  };
  return textOf(buildClusterRoutes({ services, pods }, base, knowledge, outside).models);
}

function textOf(models: readonly ModelRoute[]): string {
  const inOrder = models.map((route) => ({
    ...route,
    endpoints: route.endpoints.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  }));
  return JSON.stringify(inOrder.toSorted((a, b) => (a.service < b.service ? -1 : 1)));
}

/** One random thing that happens to the cluster, or on the way to it. */
function step(model: ModelCluster, random: () => number): void {
  const [services, pods] = [model.of('modelservices'), model.of('pods')];
  const service = names[Math.floor(random() * names.length)] ?? 'a';
  const pod = `${service}-${Math.floor(random() * 4)}`;
  const dice = random();
  const faulty = random() < 0.5 ? services : pods;
  if (dice < 0.3) pods.putObject(podObject(pod, service, { ready: random() < 0.7, deleting: random() < 0.3 }));
  else if (dice < 0.45) pods.remove(pod);
  else if (dice < 0.6) {
    // Names meet, and of two services that claim one the older has it.
    const name = names[Math.floor(random() * names.length)] ?? 'a';
    const created = 1_000 + names.indexOf(service);
    services.putObject(modelServiceObject(service, { created, spec: { model: { source: 'simulated:', name } } }));
  } else if (dice < 0.68) services.remove(service);
  else if (dice < 0.76) faulty.cut(random() < 0.5);
  else if (dice < 0.82) faulty.expire();
  else if (dice < 0.88) faulty.compact();
  else if (dice < 0.92) faulty.bookmark();
  else if (dice < 0.96) model.failNext(1 + Math.floor(random() * 4), random() < 0.5 ? 503 : 429);
  else {
    faulty.compact();
    faulty.cut(false);
  }
}

test('at rest the routes are those of the pure function, whatever happened to lists and watches', async (context) => {
  const seeds = Number(process.env['KUMIKI_TEST_SEEDS'] ?? 5);
  const first = Math.floor(Math.random() * 1_000_000);
  for (let seed = first; seed < first + seeds; seed += 1) {
    const random = seededRandom(seed);
    const cluster = await startTestCluster(context, random);
    for (const name of names) cluster.serve(name, `${name}-0`);
    const { routes } = await cluster.follow();
    for (let round = 0; round < 60; round += 1) {
      step(cluster.model, random);
      if (random() < 0.3) await new Promise((resolve) => setImmediate(resolve));
    }
    await until(
      `the routes are those of the cluster (seed ${seed})`,
      restMs,
      () => textOf(routes.current().models) === wantedModels(cluster.model),
    );
    routes.close();
  }
});

test('a gateway uses the rights that it is given, and no others', async (context) => {
  const cluster = await startTestCluster(context);
  cluster.serve('a', 'a-0');
  const { endpoints } = await cluster.follow();
  assert.deepEqual(endpoints('a'), ['a-0 ready']);
  const granted = gatewayRights.flatMap(({ resources, verbs }) =>
    resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`)),
  );
  await until('all are used', restMs, () => granted.every((right) => cluster.model.asked().has(right)));
  assert.deepEqual([...cluster.model.asked()].toSorted(), granted.toSorted());
  assert.ok(!JSON.stringify(gatewayRights).includes('*'));
});

test('a Secret with a token is asked for where there are pods, and no other one', async (context) => {
  const cluster = await startTestCluster(context);
  cluster.serve('a');
  cluster.model.of('secrets').putObject(tokenSecretObject('b'));
  await cluster.follow();
  assert.ok(!cluster.model.asked().has('get secrets'));
});
